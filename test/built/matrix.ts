import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { fixtures, runBuilt, type BuiltRun, type Fixture } from './built-command.js';
import { variants, type Variant } from './variants.js';

/** Options that print the same or that no capture goes through: they have tests of their own. */
const ELSEWHERE: readonly string[] = [
  '--pager',
  '--keylog',
  '--jobs',
  '--task',
  '--interface',
  '--capture-filter',
  '--join',
  '--no-join',
  '--sort',
];
const TRACE = /^\s+at .+:\d+:\d+\)?$/m;

/** Tests that the built command does its work on every fixture with every option that changes what it prints. */
export function testMatrix(command: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'wsdissect-built-'));
  const all = variants(folder).get(command)!;

  afterAll(() => rmSync(folder, { recursive: true }));

  describe(`the built command ${command}`, () => {
    it('is tried with every option, and with every choice of each', () => {
      const given = new Set(all.flatMap(({ argv }) => argv));
      const lines = all.map(({ argv }) => ` ${argv.join(' ')} `);
      const { options } = COMMANDS.find(({ name }) => name === command)!;
      const missing = options.flatMap(({ flags, choices }) => {
        const long = /--[\w-]+/.exec(flags)![0];
        if (ELSEWHERE.includes(long)) return [];
        if (choices === undefined) return given.has(long) ? [] : [long];
        return choices
          .map((choice) => `${long} ${choice}`)
          .filter((words) => !lines.some((line) => line.includes(` ${words} `)));
      });
      expect(missing).toEqual([]);
    });

    it.each(all.map((variant) => [nameOf(variant, folder), variant] as const))(
      'reads every fixture: %s',
      async (_, variant) => {
        const faults: string[] = [];
        for (const fixture of fixtures()) {
          const fault = await faultOf(command, variant, fixture);
          if (fault !== undefined) faults.push(`${fixture.name}: ${fault}`);
        }
        expect(faults).toEqual([]);
      },
    );
  });
}

async function faultOf(command: string, { argv, terminals }: Variant, fixture: Fixture): Promise<string | undefined> {
  const world = terminals === undefined ? {} : { terminals };
  let run: BuiltRun;
  try {
    run = await runBuilt([command, ...argv, ...fixture.options, fixture.path], world);
  } catch (error) {
    return error instanceof Error ? error.stack : String(error);
  }
  if (TRACE.test(run.stderr)) return run.stderr;
  // A fixture without a frame has none to explain.
  const isAnswer =
    run.code === 0 || (run.code === 1 && mayFail(command, argv)) || (run.code === 2 && command === 'explain');
  return isAnswer ? undefined : `exit code ${run.code}: ${run.stderr}`;
}

function mayFail(command: string, argv: readonly string[]): boolean {
  return command === 'check' || argv.includes('--strict') || argv.includes('--redact-check');
}

function nameOf({ argv, terminals }: Variant, folder: string): string {
  const words = argv.join(' ').replaceAll(join(folder, '/'), '');
  return `${words || 'without options'}${terminals === undefined ? '' : ', on a terminal'}`;
}
