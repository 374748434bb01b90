import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FIXTURES } from '../../fixtures/record/scenario.js';

const PAGE = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');
const BIN = fileURLToPath(new URL('../../bin/wsdissect.js', import.meta.url));
/** The repository at its beginning has a test of its own. */
const AFTER_REPOSITORY = PAGE.slice(PAGE.indexOf('## npm script'));
const blocks = [...AFTER_REPOSITORY.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language: language!,
  text: text!,
}));

const only = (language: string, word: string): string => {
  const [found, ...more] = blocks.filter((block) => block.language === language && block.text.includes(word));
  expect(more).toEqual([]);
  return found!.text;
};

/** A project as its readers have one, with the command installed and one capture. */
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'wsdissect-ci-'));
  mkdirSync(join(project, 'node_modules', '.bin'), { recursive: true });
  mkdirSync(join(project, 'fixtures'));
  symlinkSync(BIN, join(project, 'node_modules', '.bin', 'wsdissect'));
  writeFileSync(join(project, 'package.json'), only('json', 'check:traffic'));
  writeFileSync(join(project, 'expect.yaml'), only('yaml', 'checks:\n  - filter:'));
  writeFileSync(join(project, 'ignore.yaml'), only('yaml', 'ignore:'));
  for (const name of ['before.pcap', 'after.pcap']) {
    copyFileSync(new URL('send-both.pcap', FIXTURES), join(project, name));
  }
  record('send-both.pcap');
});

afterEach(() => rmSync(project, { recursive: true }));

function record(name: string): void {
  copyFileSync(new URL(name, FIXTURES), join(project, 'fixtures', 'chat.pcap'));
}

function shell(script: string): { status: number | null; output: string } {
  const env = { ...process.env, npm_config_offline: 'true', npm_config_loglevel: 'silent', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: project,
    env,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

function expectRuns(script: string): void {
  record('send-both.pcap');
  expect(shell(script)).toEqual({ status: 0, output: expect.any(String) as string });
  record('violations/server-masked.pcap');
  const broken = shell(script);
  expect([broken.status, broken.output]).toEqual([1, expect.stringContaining('the server masked this frame')]);
}

/** The commands of a list of steps, without the one that installs the packages. */
const isOurs = (command: string | undefined): command is string => command !== undefined && command !== 'npm ci';

describe('the commands of docs/ci.md', () => {
  it.each(blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n')))(
    '%s works',
    (command) => {
      if (!command.includes('--update')) shell('npx wsdissect check --golden chat.jsonl --update fixtures/chat.pcap');
      expect(shell(command)).toEqual({ status: 0, output: expect.any(String) as string });
    },
  );

  it('of the npm script pass clean traffic and fail on a violation', () => {
    expectRuns('npm run check:traffic');
  });

  it('of the GitHub workflow pass clean traffic and fail on a violation, and leave SARIF behind', () => {
    const workflow = parse(only('yaml', 'sarif_file')) as {
      jobs: { check: { steps: { run?: string; with?: { sarif_file?: string } }[] } };
    };
    const { steps } = workflow.jobs.check;
    const commands = steps.map(({ run }) => run).filter(isOurs);
    expect(commands).toHaveLength(1);
    expectRuns(commands[0]!);
    const file = steps.find((step) => step.with?.sarif_file !== undefined)!.with!.sarif_file!;
    expect(JSON.parse(readFileSync(join(project, file), 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  it('of the action name inputs that it has', () => {
    const workflow = parse(only('yaml', 'OWNER/wsdissect')) as {
      jobs: { check: { steps: { uses?: string; with?: Record<string, string> }[] } };
    };
    const { inputs } = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as {
      inputs: Record<string, unknown>;
    };
    const step = workflow.jobs.check.steps.find(({ uses }) => uses?.startsWith('OWNER/wsdissect@'))!;
    for (const name of Object.keys(step.with!)) expect(Object.keys(inputs)).toContain(name);
  });

  it('of the test file pass clean traffic and fail on a violation', () => {
    const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
    symlinkSync(join(modules, 'vitest'), join(project, 'node_modules', 'vitest'));
    symlinkSync(fileURLToPath(new URL('../../', import.meta.url)), join(project, 'node_modules', 'wsdissect'));
    shell('npx wsdissect check --golden chat.jsonl --update fixtures/chat.pcap');
    writeFileSync(join(project, 'chat.test.mjs'), only('js', 'wsdissect/vitest'));
    expectRuns(`node ${join(modules, 'vitest', 'vitest.mjs')} run`);
  });

  it('of the GitLab job pass clean traffic and fail on a violation, and leave JUnit behind', () => {
    const { traffic } = parse(only('yaml', 'artifacts:')) as {
      traffic: { script: string[]; artifacts: { reports: { junit: string } } };
    };
    const commands = traffic.script.filter(isOurs);
    expect(commands).toHaveLength(1);
    expectRuns(commands[0]!);
    expect(readFileSync(join(project, traffic.artifacts.reports.junit), 'utf8')).toContain('<testsuites');
  });

  it('of the pre-commit hook keep a violation out of a commit', () => {
    const git = 'git -c user.name=t -c user.email=t@example.test';
    shell('git init -q . && git add package.json');
    const hook = join(project, '.git', 'hooks', 'pre-commit');
    writeFileSync(hook, only('bash', 'mapfile'));
    chmodSync(hook, 0o755);
    expect(shell(`${git} commit -qm none`)).toMatchObject({ status: 0 });
    expectRuns(`git add fixtures && ${git} commit -qm capture`);
    expect(shell('git log --format=%s').output).toBe('capture\nnone\n');
  });

  it('of a section of captures hold for what it names', () => {
    writeFileSync(join(project, 'sections.yaml'), only('yaml', 'login-*.pcap'));
    copyFileSync(join(project, 'before.pcap'), join(project, 'login-1.pcap'));
    const check = (capture: string): number | null =>
      shell(`npx wsdissect check --expect sections.yaml ${capture}`).status;
    copyFileSync(new URL('http-refused.pcap', FIXTURES), join(project, 'login-2.pcap'));
    expect([check('login-1.pcap'), check('login-2.pcap'), check('before.pcap')]).toEqual([1, 0, 1]);
  });

  it('of the pre-commit framework are the command and files that it names', () => {
    const { repos } = parse(only('yaml', 'repos:')) as { repos: { hooks: { entry: string; files: string }[] }[] };
    const { entry, files } = repos[0]!.hooks[0]!;
    expect(['a/b.pcap', 'c.pcapng.gz', 'd.pcap.txt'].map((name) => new RegExp(files).test(name))).toEqual([
      true,
      true,
      false,
    ]);
    expectRuns(`${entry} fixtures/chat.pcap`);
  });
});
