import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { reachableFrom } from '../support/source-imports.js';
import { pack, ROOT, type Packed } from './packed.js';
import { startRegistry } from './registry.js';
import { environment, run, succeed, type Outcome } from './run.js';

/** The library as a stranger uses it; the same text is JavaScript and TypeScript. */
const PROGRAM = `import { createReadStream } from 'node:fs';
import { dissect, encodeFrame, parseFrame } from 'wsdissect';

const parsed = parseFrame(encodeFrame({ payload: 'ma2saka', maskingKey: 0xe1a4c61d }));
if (parsed.complete) console.log(parsed.payload.toString());
for await (const event of dissect(createReadStream('send.pcap'))) {
  if (event.type === 'message') console.log(event.direction, event.message.payload?.toString());
}
`;
const PRINTED = 'ma2saka\nclient-to-server ma2saka\n';

// npm and the compiler are slow on a busy machine; this only ends what hangs.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let folder: string;
let packed: Packed;
let server: Server | undefined;
let env: NodeJS.ProcessEnv;
let project: string;

/** A folder with nothing in it but a package.json and a capture. */
function emptyProject(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }\n');
  cpSync(join(ROOT, 'fixtures', 'send.pcap'), join(path, 'send.pcap'));
  return path;
}

/** Compiles the program with the compiler of this project, and nothing else of it. */
function compile(path: string, options: object, program = PROGRAM): Promise<Outcome> {
  writeFileSync(join(path, 'program.ts'), program);
  const compilerOptions = { target: 'es2023', strict: true, noEmit: true, ...options };
  writeFileSync(join(path, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  return run(path, env, process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-package-'));
  packed = await pack(folder);
  const registry = await startRegistry(packed.packages);
  server = registry.server;
  env = environment(folder, registry.url);
  project = emptyProject('project');
  await succeed(project, env, 'npm', 'install', 'wsdissect');
});

afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the package', () => {
  it('holds the command, the library, the schemas, the man page and the documents of the first page only', () => {
    // The code of the library stands in the files of the command; that no type is wanting is what the compiler says below.
    const library = [
      ...['dist/index.js', 'dist/browser.js', 'dist/browser.LICENSES.txt', 'dist/report/page.html'],
      ...['capture-matchers.js', 'vitest.js', 'jest.d.cts'].map((name) => `dist/matchers/${name}`),
    ];
    const types = packed.files.filter((name) => name.endsWith('.d.ts'));
    expect(types).toEqual(expect.arrayContaining(['dist/index.d.ts', 'dist/browser.d.ts']));
    const possible = new Set(
      ['index.ts', 'browser.ts', 'matchers/vitest.ts']
        .flatMap((entry) => [...reachableFrom(entry)])
        .map((name) => `dist/${name.replace(/ts$/, 'd.ts')}`),
    );
    expect(types.filter((name) => !possible.has(name))).toEqual([]);
    const command = packed.files.filter((name) => /^dist\/cli\/[a-z0-9-]+\.cjs$/.test(name));
    const others = ['schema', 'man', 'bin'].flatMap((name) => filesIn(name));
    const documents = ['CHANGELOG.md', 'LICENSE', 'README.md', 'README.ja.md', 'package.json', 'dist/cli/LICENSES.txt'];
    expect(command).toContain('dist/cli/main.cjs');
    expect(packed.files).toEqual([...library, ...types, ...command, ...others, ...documents].sort());
  });

  it('is smaller than 2 MB', () => {
    expect(packed.size).toBeLessThan(2_000_000);
  });

  it('does not bring the types of Node, which the command does not need', () => {
    expect(readdirSync(join(project, 'node_modules'))).not.toContain('@types');
  });
});

describe('installed in an empty folder, it', () => {
  it('is a command of the folder through npx', async () => {
    const stdout = await succeed(project, env, 'npx', 'wsdissect', 'send.pcap');
    expect(stdout).toContain('Payload      ma2saka\n');
  });

  it('is imported by JavaScript', async () => {
    writeFileSync(join(project, 'program.js'), PROGRAM);
    expect(await succeed(project, env, process.execPath, 'program.js')).toBe(PRINTED);
  });

  it('is required by CommonJS', async () => {
    writeFileSync(join(project, 'old.cjs'), "console.log(require('wsdissect').opcodeName(9));\n");
    expect(await succeed(project, env, process.execPath, '--no-warnings', 'old.cjs')).toBe('ping\n');
  });

  it('is imported by JavaScript for pages', async () => {
    const program = `import { readFileSync } from 'node:fs';
import { dissect } from 'wsdissect/browser';
for await (const event of dissect(readFileSync('send.pcap'))) if (event.type === 'message') console.log(event.message.text);
`;
    writeFileSync(join(project, 'page.js'), program);
    expect(await succeed(project, env, process.execPath, 'page.js')).toBe('ma2saka\n');
  });

  it('gives out its schemas', async () => {
    const program = `import schema from 'wsdissect/schema/record.schema.json' with { type: 'json' };
console.log(schema.title);\n`;
    writeFileSync(join(project, 'schema.js'), program);
    expect(await succeed(project, env, process.execPath, '--no-warnings', 'schema.js')).toBe('Records of wsdissect\n');
  });
});

describe('the types', () => {
  let typed: string;

  beforeAll(async () => {
    typed = emptyProject('typed');
    await succeed(typed, env, 'npm', 'install', 'wsdissect', '@types/node');
  });

  it.each([
    ['nodenext', { module: 'nodenext' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler', types: ['node'] }],
  ])('are right with moduleResolution %s, every declaration checked', async (_name, options) => {
    expect(await compile(typed, { ...options, skipLibCheck: false })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('find a mistake', async () => {
    const { stdout } = await compile(typed, { module: 'nodenext' }, `${PROGRAM}parseFrame('8187');\n`);
    expect(stdout).toContain('TS2345');
  });

  it('name @types/node where it is not installed, or take buffers for any where libraries are not checked', async () => {
    const { stdout } = await compile(project, { module: 'nodenext', skipLibCheck: false });
    expect(stdout).toContain("Cannot find type definition file for 'node'");
    const any = "import { encodeFrame } from 'wsdissect';\nencodeFrame({}).noSuchMember();\n";
    expect((await compile(project, { module: 'nodenext', skipLibCheck: true }, any)).exitCode).toBe(0);
  });
});

describe('without a folder of its own, it', () => {
  it('is a global command with a man page', async () => {
    const prefix = join(folder, 'global');
    await succeed(folder, env, 'npm', 'install', '--global', '--prefix', prefix, 'wsdissect');
    const capture = join(project, 'send.pcap');
    expect(await succeed(folder, env, join(prefix, 'bin', 'wsdissect'), capture)).toContain('Payload      ma2saka\n');
    expect(readdirSync(join(prefix, 'share', 'man', 'man1'))).toEqual(['wsdissect.1']);
  });

  it('is run by npx without being installed', async () => {
    const elsewhere = emptyProject('elsewhere');
    const stdout = await succeed(elsewhere, env, 'npx', '--yes', 'wsdissect', '--version');
    expect(stdout).toMatch(/^wsdissect \d+\.\d+\.\d+\nNode \d+/);
    expect(readdirSync(elsewhere)).not.toContain('node_modules');
  });
});

function filesIn(folderName: string): string[] {
  const path = join(ROOT, folderName);
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => `${folderName}/${name}`);
}
