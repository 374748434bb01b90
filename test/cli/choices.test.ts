import { Option } from 'commander';
import { describe, expect, it } from 'vitest';
import type { OptionDefinition } from '../../src/cli/options/option.js';
import { chooseStyle, isColored, type ColorChoice } from '../../src/cli/terminal/color.js';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { hintForMissing } from '../../src/cli/commands/suggest.js';
import { COMMAND_NAMES } from '../../src/cli/commands/define-command.js';
import { CHECK_OPTIONS } from '../../src/cli/options/check-options.js';
import { ENCODE_OPTIONS } from '../../src/cli/options/encode-options.js';
import { EXPLAIN_OPTIONS } from '../../src/cli/options/explain-options.js';
import { EXPORT_OPTIONS } from '../../src/cli/options/export-options.js';
import { FRAMES_OPTIONS } from '../../src/cli/options/printing-options.js';
import { parsePort, parseSize, parseWhole } from '../../src/cli/options/values.js';
import { fakeIo } from './fake-io.js';

describe('colour', () => {
  it.each<[ColorChoice, Record<string, string>, boolean, boolean]>([
    ['always', { NO_COLOR: '1' }, false, true],
    ['never', { FORCE_COLOR: '1' }, true, false],
    ['auto', {}, true, true],
    ['auto', {}, false, false],
    ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['auto', { NO_COLOR: '' }, true, true],
    ['auto', { FORCE_COLOR: '' }, false, true],
    ['auto', { FORCE_COLOR: '1' }, false, true],
    ['auto', { FORCE_COLOR: '0' }, true, false],
    ['auto', { FORCE_COLOR: 'false' }, true, false],
    ['auto', { TERM: 'dumb' }, true, false],
  ])('--color %s, %j, terminal %s: %s', (choice, env, isTerminal, colored) => {
    expect(isColored(choice, fakeIo({ env, terminals: isTerminal ? ['stdout'] : [] }).io)).toBe(colored);
  });

  it.each([
    [{}, '->'],
    [{ LANG: 'C' }, '->'],
    [{ LANG: 'ja_JP.UTF-8' }, '→'],
    [{ LC_CTYPE: 'en_US.utf8', LANG: 'C' }, '→'],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, '->'],
    [{ LC_ALL: '', LANG: 'en_US.UTF-8' }, '→'],
  ])('draws the arrow of the locale %j', async (env, arrow) => {
    expect((await chooseStyle('auto', fakeIo({ env }).io)).arrow).toBe(arrow);
  });
});

describe('values', () => {
  it.each([
    ['0', 0],
    ['4096', 4096],
    ['64k', 65_536],
    ['2M', 2_097_152],
    ['1G', 1_073_741_824],
  ])('%s is a size', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'k', '-1', '1.5', '1kb', '1e3', ' 1', '99999999999999999999'])('%j is no size', (text) => {
    expect(() => parseSize(text)).toThrow(RangeError);
  });

  it.each(['', '-1', '1.5', '0x1', '9007199254740992'])('%j is no whole number', (text) => {
    expect(() => parseWhole(text)).toThrow(RangeError);
  });

  it.each(['0', '65536', '', 'http', '1e3'])('%j is no port', (text) => {
    expect(() => parsePort(text)).toThrow(RangeError);
  });

  it('are taken at their edges', () => {
    expect(parsePort('1')).toBe(1);
    expect(parsePort('65535')).toBe(65_535);
    expect(parseWhole('0')).toBe(0);
  });
});

describe('hints', () => {
  it.each([
    ['message', 'messages'],
    ['framse', 'frames'],
    ['conections', 'connections'],
  ])('%s may be %s', (name, command) => {
    expect(hintForMissing(name)).toContain(`did you mean ${command}?`);
  });

  it.each(['send.pcap', 'a', 'frame-by-frame', 'captures/frames'])('%s is just a file', (name) => {
    expect(hintForMissing(name)).toBeUndefined();
  });
});

describe('the table of commands', () => {
  it('has one default, and each long option once', () => {
    expect(COMMANDS.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    for (const { options } of COMMANDS) {
      const names = options.flatMap(({ flags }) => flags.match(/--[\w-]+|(?<!-)-\w\b/g));
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('describes everything in the same way', () => {
    for (const { description, options } of COMMANDS) {
      for (const text of [description, ...options.map((option) => option.description)]) {
        expect(text).toMatch(/^(?:[^A-Z]|[A-Z]{2}).*[^.]$/);
      }
    }
  });
});

describe('tables', () => {
  it('have each option below the name that its value is parsed into', () => {
    for (const table of [FRAMES_OPTIONS, CHECK_OPTIONS, EXPLAIN_OPTIONS, EXPORT_OPTIONS, ENCODE_OPTIONS]) {
      for (const [name, { flags }] of Object.entries<OptionDefinition>(table)) {
        expect(name).toBe(new Option(flags).attributeName());
      }
    }
  });

  it('have a command for each name of one, in this order', () => {
    expect(COMMANDS.map(({ name }) => name)).toEqual(COMMAND_NAMES);
  });
});
