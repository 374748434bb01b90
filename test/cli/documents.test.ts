import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/generated-files.js';
import { ENVIRONMENT } from '../../src/cli/about.js';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { EXIT_CODES } from '../../src/cli/exit-code.js';
import { parseFlags } from '../../src/cli/options/option.js';
import { parseCommandLine } from '../../src/cli/program.js';
import { run } from './fake-io.js';

const ROOT = join(import.meta.dirname, '..', '..');
const files = await generatedFiles();

describe('generated files', () => {
  it.each(Object.keys(files))('%s is what npm run docs writes', (name) => {
    expect(readFileSync(join(ROOT, name), 'utf8')).toBe(files[name]);
  });

  it('name every command, option, example, exit code and variable', () => {
    const page = files['docs/cli.md']!;
    const man = files['man/wsdissect.1']!.replaceAll('\\-', '-');
    for (const { name, options } of COMMANDS) {
      expect(page).toContain(`## wsdissect ${name}\n`);
      expect(man).toContain(`\n.B ${name}\n`);
      for (const { flags } of options) {
        expect(page).toContain(flags);
        expect(man).toContain(`\\fB${parseFlags(flags).long}\\fR`);
      }
    }
    for (const [text] of [...EXIT_CODES, ...ENVIRONMENT]) expect(man).toContain(`.B ${text}\n`);
  });

  it('have every error code and no other', () => {
    const source = readFileSync(join(ROOT, 'src/common/error.ts'), 'utf8');
    const union = /export type ErrorCode =([^;]+);/.exec(source)![1]!;
    const codes = [...union.matchAll(/'([\w-]+)'/g)].map(([, code]) => code);
    const listed = [...files['docs/errors.md']!.matchAll(/^\| `([\w-]+)`/gm)].map(([, code]) => code);
    expect(listed.sort()).toEqual(codes.sort());
  });

  it('have a man page in which no line begins with a macro that does not exist', () => {
    const macros = new Set(['.\\"', '.TH', '.SH', '.SS', '.TP', '.PP', '.B', '.BR', '.br', '.EX', '.EE']);
    const requests = files['man/wsdissect.1']!.split('\n').filter((line) => /^[.']/.test(line));
    expect(requests.filter((line) => !macros.has(line.split(' ')[0]!))).toEqual([]);
  });
});

describe('help', () => {
  it.each(['', ...COMMANDS.map(({ name }) => name)])('fits into 80 columns: %s', async (command) => {
    const { code, stdout } = await run(['help', ...(command === '' ? [] : [command])]);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(COMMANDS.map(({ name, examples }) => [name, examples] as const))(
    'of %s has examples',
    async (name, examples) => {
      const { stdout } = await run([name, '--help']);
      expect(examples.length).toBeGreaterThan(0);
      for (const [line] of examples) expect(stdout).toContain(`    wsdissect ${line}\n`);
    },
  );
});

describe('examples', () => {
  it('are command lines that are understood', () => {
    for (const [line] of COMMANDS.flatMap(({ examples }) => examples)) {
      const words = execFileSync('bash', ['-c', `printf '%s\\0' ${line.replace(/ *[|>].*/, '')}`], {
        encoding: 'utf8',
      });
      const argv = words.split('\0').slice(0, -1);
      const errors: string[] = [];
      const found = parseCommandLine(argv, { out: () => undefined, error: (text) => errors.push(text) });
      expect([errors, 'exitCode' in found]).toEqual([[], false]);
    }
  });
});
