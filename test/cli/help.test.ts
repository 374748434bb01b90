import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { parseCommandLine } from '../../src/cli/program.js';
import { run } from './fake-io.js';

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
