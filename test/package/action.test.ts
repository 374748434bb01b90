import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateAction, validateWorkflow } from '@action-validator/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const TEXT = readFileSync(join(ROOT, 'action.yml'), 'utf8');

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: {
    readonly steps: readonly {
      readonly run?: string;
      readonly uses?: string;
      readonly env?: Readonly<Record<string, string>>;
    }[];
  };
}
const action = parse(TEXT) as Action;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-action-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the first step as a runner does, with a project that has the built command. */
function runStep(inputs: Readonly<Record<string, string>>): { status: number | null; output: string } {
  const [{ run, env } = {}] = action.runs.steps;
  const values = Object.entries(env!).map(([name, expression]) => {
    const input = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(expression)![1]!;
    return [name, inputs[input] ?? action.inputs[input]!.default];
  });
  const bin = join(folder, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  const command = join(bin, 'wsdissect');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'bin', 'wsdissect.js')}" "$@"\n`);
  chmodSync(command, 0o755);
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', run!], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      npm_config_offline: 'true',
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      ...(Object.fromEntries(values) as Record<string, string>),
    },
  });
  return { status, output: stdout + stderr };
}

const fixture = (name: string): string => join(ROOT, 'fixtures', name);

describe('action.yml', () => {
  it('keeps the schema of actions', () => {
    expect(validateAction(TEXT).errors).toEqual([]);
    expect(validateAction(TEXT.replace('composite', 'compsite')).errors).not.toEqual([]);
  });

  it('uses actions by the hash of their commit, the same as the workflows', () => {
    const uses = [...TEXT.matchAll(/uses: (.*)/g)].map(([, use]) => use!);
    expect(uses).toHaveLength(2);
    for (const use of uses) expect(use).toMatch(/^[\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(readFileSync(join(ROOT, '.github', 'workflows', 'release.yml'), 'utf8')).toContain(uses[0]);
  });

  it('puts no input into what a shell runs', () => {
    for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
  });

  it('passes what is fine, and writes the page, the summary and annotations', () => {
    const { status, output } = runStep({
      captures: `${fixture('send-both.pcap')}\n\n${fixture('frames-sizes.pcap')}\n`,
    });
    expect(output).toContain('2 captures, ');
    expect(status).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['node_modules', 'summary.md', 'wsdissect.html']);
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('## wsdissect check: passed');
  });

  it('fails on what breaks a rule, an expectation or a golden file, and writes all reports', () => {
    writeFileSync(join(folder, 'a b.yaml'), 'checks: [{filter: {count: 1, match: {text: no such text}}}]');
    writeFileSync(join(folder, 'golden.jsonl'), '{}\n');
    const { status, output } = runStep({
      captures: fixture('violations/close-code.pcap'),
      expect: 'a b.yaml\n',
      golden: 'golden.jsonl',
      options: '--fail-on=warning\n--allow-empty',
      report: '',
      sarif: 'w.sarif',
    });
    expect(status).toBe(1);
    expect(output).toContain('::error file=');
    expect(output).toContain('expectation a b.yaml:1');
    expect(output).toContain('golden golden.jsonl');
    expect(existsSync(join(folder, 'w.sarif'))).toBe(true);
    expect(existsSync(join(folder, 'wsdissect.html'))).toBe(false);
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('```mermaid\nsequenceDiagram\n');
  });

  it('runs nothing that stands in an input', () => {
    const mark = join(folder, 'ran');
    const { status } = runStep({ captures: `$(touch ${mark})\n\`touch ${mark}\`\n; touch ${mark}`, golden: '' });
    expect(status).toBe(2);
    expect(existsSync(mark)).toBe(false);
  });
});

describe('workflows', () => {
  const documents = readFileSync(join(ROOT, 'docs', 'ci.md'), 'utf8');
  const ofDocuments = [...documents.matchAll(/^```yaml\n(.*?)^```$/gms)]
    .map(([, text]) => text!)
    .filter((text) => /^jobs:/m.test(text))
    .map((text, index) => [`docs/ci.md, ${index + 1}`, text] as const);
  const own = readdirSync(join(ROOT, '.github', 'workflows')).map(
    (name) => [name, readFileSync(join(ROOT, '.github', 'workflows', name), 'utf8')] as const,
  );

  it.each([...ofDocuments, ...own])('%s keeps the schema of workflows', (_, text) => {
    expect(validateWorkflow(text).errors).toEqual([]);
  });
});
