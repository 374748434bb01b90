import { describe, expect, it } from 'vitest';
import { consoleBlocks, isAsShown } from '../../scripts/console-blocks.js';

describe('the blocks of a document', () => {
  it('are the fenced ones with commands, each with its output', () => {
    const text = 'a\n```console\n$ echo one\none\n$ true\n```\n```js\n$ no\n```\n```\n$ no\n```\n';
    expect(consoleBlocks(text)).toEqual([
      {
        commands: [
          { line: 3, command: 'echo one', output: ['one'] },
          { line: 5, command: 'true', output: [] },
        ],
        notRun: undefined,
        needs: undefined,
      },
    ]);
  });

  it('say why they are not run, and what they need', () => {
    const text = '```sh\n# not run: needs root\n$ a\n```\n```sh\n# needs tshark 4.0\n$ b\n```\n';
    expect(consoleBlocks(text).map(({ notRun, needs }) => [notRun, needs])).toEqual([
      ['needs root', undefined],
      [undefined, 'tshark 4.0'],
    ]);
  });

  it('hold commands of several lines', () => {
    expect(consoleBlocks('```sh\n$ a \\\n    b\nout\n```\n')[0]?.commands).toEqual([
      { line: 2, command: 'a \\\n    b', output: ['out'] },
    ]);
  });
});

describe('what a command prints', () => {
  it.each([
    [[], 'anything\n'],
    [['one', 'two'], 'one\ntwo\n'],
    [['one  ', ''], 'one \n\n'],
    [['one', '...'], 'one\ntwo\nthree\n'],
    [['...', 'three'], 'one\ntwo\nthree\n'],
    [['one', '...', 'three'], 'one\nthree\n'],
    [['...', 'two', '...'], 'one\ntwo\nthree\n'],
  ])('is as shown: %j', (shown, printed) => {
    expect(isAsShown(shown, printed)).toBe(true);
  });

  it.each([
    [['one'], 'one\ntwo\n'],
    [['one', 'two'], 'one\n'],
    [['one', '...'], 'two\n'],
    [['...', 'one'], 'one\ntwo\n'],
    [['...', 'four', '...'], 'one\ntwo\n'],
    [['one', 'two', '...', 'two', 'three'], 'one\ntwo\nthree\n'],
  ])('is not as shown: %j', (shown, printed) => {
    expect(isAsShown(shown, printed)).toBe(false);
  });
});
