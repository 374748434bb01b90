import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EXAMPLE = join(ROOT, 'docs', 'examples', 'ci');
const PAGE = readFileSync(join(ROOT, 'docs', 'ci.md'), 'utf8');
const SECTION = PAGE.slice(PAGE.indexOf('## A repository'), PAGE.indexOf('## npm script'));

let folder: string;
let port: number;

/** The repository as a runner of CI has it after `npm ci`. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-repository-'));
  cpSync(EXAMPLE, folder, { recursive: true });
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  for (const name of ['socket.io', 'socket.io-client'])
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  symlinkSync(join(ROOT, 'bin', 'wsdissect.js'), join(modules, '.bin', 'wsdissect'));
  // A runner has sudo; this test has the rights already.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'sudo'), '#!/bin/sh\nexec "$@"\n');
  chmodSync(join(folder, 'bin', 'sudo'), 0o755);
  port = await freePort();
});
afterAll(() => rmSync(folder, { recursive: true }));

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address() as { port: number };
      server.close(() => resolve(address.port));
    });
  });
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env.PATH!}`,
    PORT: String(port),
    NO_COLOR: '1',
    LC_ALL: 'C.UTF-8',
    npm_config_offline: 'true',
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
  };
}

/** Runs commands as a step of the workflow does. */
function step(script: string): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-eo', 'pipefail', '-c', script], { cwd: folder, env: environment() });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    child.on('close', (status) => resolve({ status, output }));
  });
}

const workflow = parse(readFileSync(join(EXAMPLE, '.github', 'workflows', 'traffic.yml'), 'utf8')) as {
  jobs: { check: { steps: { run?: string }[] } };
};
const commands = workflow.jobs.check.steps.map(({ run }) => run).filter((run) => run !== undefined && run !== 'npm ci');

describe('the repository of docs/ci.md', () => {
  it('has the files that the page shows', () => {
    const shown = [...SECTION.matchAll(/^```(?:yaml|bash)\n(.*?)^```$/gms)].map(([, text]) => text!);
    const names = ['expect.yaml', 'redact.yaml', 'ignore.yaml', 'record.sh', '.github/workflows/traffic.yml'];
    expect(shown).toEqual(names.map((name) => readFileSync(join(EXAMPLE, name), 'utf8')));
    expect(readFileSync(join(EXAMPLE, 'expect.yaml'), 'utf8').trimEnd().split('\n')).toHaveLength(9);
  });

  it('has a fixture that passes, and holds no secret', () => {
    const { status, stdout } = spawnSync('npm', ['run', '--silent', 'check:traffic'], {
      cwd: folder,
      env: environment(),
      encoding: 'utf8',
    });
    expect(stdout).toContain('1 capture, 1 WebSocket connection: 0 errors');
    expect(status).toBe(0);
    const capture = readFileSync(join(EXAMPLE, 'fixtures', 'chat.pcap'));
    for (const secret of ['correct horse', '127.0.0.1']) expect(capture.includes(secret)).toBe(false);
    expect(readdirSync(join(EXAMPLE, 'fixtures'))).toEqual(['chat.pcap']);
  });

  it('has a job that passes as long as the server says the same', async () => {
    expect(commands).toHaveLength(1);
    const { status, output } = await step(commands[0]!);
    expect(output).toContain('こんにちは: ok');
    expect([status, output]).toEqual([0, expect.stringContaining('0 notes: passed')]);
  });

  it('has a job that fails for the right reason where the server forgets who spoke', async () => {
    const server = readFileSync(join(EXAMPLE, 'server.js'), 'utf8');
    expect(server).toContain('user: message.user, ');
    writeFileSync(join(folder, 'server.js'), server.replace('user: message.user, ', ''));
    const { status, output } = await step(commands[0]!);
    expect(status).toBe(1);
    const report = /^```\n(now\.pcap\n.*?)^```$/ms.exec(SECTION)![1]!;
    // The number of a packet depends on how the system cut the traffic.
    const withoutNumbers = (text: string): string => text.replaceAll(/packet \d+/g, 'packet N').trimEnd();
    expect(withoutNumbers(output)).toContain(withoutNumbers(report));
    expect(output).toContain('::error file=expect.yaml,line=6,title=expectation::in now.pcap');
    const summary = readFileSync(join(folder, 'summary.md'), 'utf8');
    expect(summary).toContain('the server says who spoke');
    expect(summary).toContain('```mermaid\nsequenceDiagram\n');
    expect(readFileSync(join(folder, 'traffic.html'), 'utf8')).toContain('<!doctype html>');
  });
});
