import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { offerOf, parseFlags } from '../../src/cli/options/option.js';
import { isThere } from '../../scripts/needed-program.js';
import { SHELLS } from '../../src/cli/completion/shells.js';
import { run } from './fake-io.js';

let folder: string;
let script: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-'));
  writeFileSync(join(folder, 'chat room.pcap'), '');
  writeFileSync(join(folder, 'checks.pcap'), '');
  mkdirSync(join(folder, 'chats'));
  script = join(folder, 'completion.bash');
  writeFileSync(script, (await run(['completion', 'bash'])).stdout);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for the last of some words, split as readline splits them. */
function offered(...words: readonly string[]): string[] {
  const program =
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wsdissect; printf "%s\\n" "${COMPREPLY[@]}"';
  const argv = ['--norc', '-c', program, 'bash', script, 'wsdissect', ...words];
  const output = execFileSync('bash', argv, { cwd: folder, encoding: 'utf8' });
  return output.trimEnd().split('\n').sort();
}

describe('bash', () => {
  it('offers commands and files for the first word', () => {
    expect(offered('ch')).toEqual(['chat room.pcap', 'chats', 'check', 'checks.pcap']);
    expect(offered('')).toEqual(expect.arrayContaining([...COMMANDS.map(({ name }) => name), 'help']));
  });

  it('offers each option of each command', () => {
    for (const { name, options } of COMMANDS) {
      const long = options.map(({ flags }) => parseFlags(flags).long);
      expect(offered(name, '--')).toEqual([...long, '--help'].sort());
    }
  });

  it('offers the options of the default command, and those of none, where no command is named', () => {
    expect(offered('--')).toEqual(expect.arrayContaining(['--version', '--brief', '--json']));
    expect(offered('a.pcap', '--br')).toEqual(['--brief']);
  });

  it.each([
    [
      ['--color', ''],
      ['always', 'auto', 'never'],
    ],
    [['--color', '=', 'al'], ['always']],
    [
      ['--color', '='],
      ['always', 'auto', 'never'],
    ],
    [
      ['messages', '-o', 'p'],
      ['ping', 'pong'],
    ],
    [['check', '--fail-on', 'n'], ['note']],
    [['completion', ''], [...SHELLS].sort()],
    [['help', 'mes'], ['messages']],
    [['--stream', ''], ['']],
    [['--match', '-'], ['']],
  ])('offers the values of %j', (words, values) => {
    expect(offered(...words)).toEqual(values);
  });

  it('offers names of files where a file is wanted, and of directories where a directory is', () => {
    expect(offered('messages', 'chat')).toEqual(['chat room.pcap', 'chats']);
    expect(offered('messages', '--keylog', 'chat')).toEqual(['chat room.pcap', 'chats']);
    expect(offered('export', '--payloads', 'ch')).toEqual(['chats']);
    expect(offered('encode', 'ch')).toEqual(['']);
  });
});

describe.runIf(await isThere('fish'))('fish', () => {
  it('offers names of files after options, and where a file is wanted', async () => {
    const script = join(folder, 'completion.fish');
    writeFileSync(script, (await run(['completion', 'fish'])).stdout);
    const offers = (line: string): string[] =>
      execFileSync('fish', ['-N', '-c', `source ${script}; complete -C'${line}'`], { cwd: folder, encoding: 'utf8' })
        .split('\n')
        .map((row) => row.split('\t')[0]!)
        .filter((word) => word !== '');
    const files = ['chat room.pcap', 'chats/', 'checks.pcap'];
    for (const line of [
      'messages -b ch',
      'messages --keylog ch',
      '-k ch',
      'check --expect ch',
      '-q --findings none ch',
    ]) {
      expect(offers(`wsdissect ${line}`)).toEqual(expect.arrayContaining(files));
    }
    expect(offers('wsdissect messages --color a')).toEqual(['always', 'auto']);
  });
});

describe('PowerShell', () => {
  it('has each option of each command with its values', async () => {
    const { stdout } = await run(['completion', 'powershell']);
    for (const { name, options } of COMMANDS) {
      for (const option of options) {
        const { long, value, isOptional } = parseFlags(option.flags);
        const offer = offerOf(option);
        if (value === undefined || isOptional) continue;
        const words = typeof offer === 'object' ? `'${offer.join(' ')}' -split ' '` : '@()';
        expect(stdout).toContain(`'${name} ${long}' = ${words}\n`);
      }
    }
  });

  it('quotes as PowerShell does, and closes what it opens', async () => {
    const { stdout } = await run(['completion', 'powershell']);
    const code = stdout.replace(/'(?:[^']|'')*'/g, '').replace(/#.*/g, '');
    for (const [open, close] of ['{}', '()', '[]']) expect(code.split(open!)).toHaveLength(code.split(close!).length);
    expect(code).not.toContain("'");
  });
});

describe('the script of a shell', () => {
  it.each(SHELLS)('names every command, option and choice: %s', async (shell) => {
    const { code, stdout, stderr } = await run(['completion', shell]);
    expect([code, stderr]).toEqual([0, '']);
    for (const { name, options } of COMMANDS) {
      expect(stdout).toContain(name);
      for (const { flags, choices = [] } of options) {
        const { long } = parseFlags(flags);
        expect(stdout).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
        if (choices.length > 0) expect(stdout).toContain(choices.join(' '));
      }
    }
  });

  it('is not there for a shell that is not known', async () => {
    const { code, stdout, stderr } = await run(['completion', 'tcsh']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^wsdissect: .*'tcsh'.* bash, zsh, fish, powershell\.\n$/);
  });
});

describe('flags', () => {
  it('are taken apart', () => {
    expect(parseFlags('-m, --mask [key]')).toEqual({ short: '-m', long: '--mask', value: 'key', isOptional: true });
    expect(parseFlags('--no-fin')).toEqual({ short: undefined, long: '--no-fin', value: undefined, isOptional: false });
    expect(parseFlags('--reporter <name[=file]>').value).toBe('name[=file]');
  });

  it('that are written otherwise are a mistake', () => {
    expect(() => parseFlags('-m')).toThrow(TypeError);
  });
});
