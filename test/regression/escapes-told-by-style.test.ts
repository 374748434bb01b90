import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { colorStyle } from '../../src/output/color-style.js';
import { sanitize } from '../../src/output/sanitize.js';
import { ShownText, shownText } from '../../src/output/shown-text.js';
import { plainStyle } from '../../src/output/style.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { TextConnections } from '../../src/output/text/text-connections.js';
import { run } from '../cli/fake-io.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { PLAIN, printed } from '../output/events.js';

const COLORS = colorStyle('->');
const inverse = (text: string): string => `\u001b[7m${text}\u001b[27m`;

function line(payload: string): string {
  return `${encodeFrame({ opcode: 1, payload: Buffer.from(payload) }).toString('hex')}\n`;
}

async function messages(payload: string, ...argv: string[]): Promise<string> {
  const { code, stdout } = await run(['messages', '-q', ...argv], { stdin: [line(payload)] });
  expect(code).toBe(0);
  return stdout;
}

describe('what the sanitiser replaced', () => {
  it('is told by its style where there are colours, and by a mark elsewhere', async () => {
    expect(await messages('a\u001b[2Jb\\n', '--color', 'always')).toContain(`a${inverse('\\x1b')}[2Jb\\n\n`);
    expect(await messages('a\u001b[2Jb\\n')).toContain('(escaped) a\\x1b[2Jb\\\\n\n');
    expect(await messages('a\u001bb', '--brief', '--color', 'always')).toContain(`a${inverse('\\x1b')}b\n`);
  });

  it('is told by its style in rows of connections, which are broken without cutting a style', async () => {
    const target = `/a\u007f${'b'.repeat(100)}\u007f`;
    const { events } = await readCapture(new Talk().upgrade({ target }).finish().pcap());
    const rows = (columns: number): string =>
      printed(new TextConnections({ ...PLAIN, style: COLORS, columns }), events);
    expect(rows(500)).toContain(`ws://example.test/a${inverse('\\x7f')}${'b'.repeat(100)}${inverse('\\x7f')}`);
    const broken = rows(80);
    expect(broken).not.toContain('(escaped)');
    expect(broken.split('\n').filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(broken.split('\u001b[7m')).toHaveLength(broken.split('\u001b[27m').length);
    expect(printed(new TextConnections(PLAIN), events)).toContain('(escaped) ws://example.test/a\\x7fbbb');
  });

  it('cannot be imitated: nothing captured has a style', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = shownText(COLORS, text);
        const escapes = [...shown.matchAll(/\u001b\[7m(.*?)\u001b\[27m/gs)].map((match) => match[1]);
        expect(shown.replaceAll(/\u001b\[2?7m/g, '')).toBe(new ShownText(COLORS, text).text);
        // What is no escape was in the text, in this order.
        let rest = text;
        for (const part of shown.split(/\u001b\[7m.*?\u001b\[27m/s)) {
          expect(rest).toContain(part);
          rest = rest.slice(rest.indexOf(part) + part.length);
        }
        for (const escape of escapes) expect(escape).toMatch(/^\\([nrt]|x[\da-f]{2}|u\{[\da-f]+\})$/);
      }),
    );
  });

  it('is cut without a style that goes on', () => {
    const shown = new ShownText(COLORS, 'ab\u001bcd');
    expect(shown.text).toBe('ab\\x1bcd');
    expect(shown.painted(4)).toBe(`ab${inverse('\\x')}`);
    expect(new ShownText(plainStyle('->'), 'abc').painted(2)).toBe('ab');
  });
});

describe('emoji that are drawn as one', () => {
  it.each([
    ['a family', '👨‍👩‍👧‍👦'],
    ['a heart with its selector', '❤️'],
    ['a heart as text', '❤︎'],
    ['a skin colour in a row', '👩🏽‍💻'],
    ['a flag of two', '🏳️‍🌈'],
    ['a key cap', '1️⃣'],
    ['a black bird', '🐦‍⬛'],
  ])('are shown: %s', async (_, emoji) => {
    expect(sanitize(`hi ${emoji}!`)).toBe(`hi ${emoji}!`);
    expect(await messages(`hi ${emoji}!`)).toContain(`Payload      hi ${emoji}!\n`);
    expect(await messages(`hi ${emoji}!`, '--color', 'always')).toContain(`hi ${emoji}!\n`);
  });

  it.each([
    ['between letters', 'a\u200db', 'a\\u{200d}b'],
    ['a selector on a letter', 'a\ufe0f', 'a\\u{fe0f}'],
    ['at the end', '👨\u200d', '👨\\u{200d}'],
    ['twice', '👨\u200d\u200d👩', '👨\\u{200d}\\u{200d}👩'],
    ['two selectors', '❤\ufe0f\ufe0f', '❤️\\u{fe0f}'],
    ['other selectors', '❤\ufe01', '❤\\u{fe01}'],
    ['a digit without its key cap', '1\ufe0f', '1\\u{fe0f}'],
    ['more of them than any emoji has', '👨' + '\u200d👩'.repeat(8), `${'👨' + '\u200d👩'.repeat(7)}\\u{200d}👩`],
  ])('do not let through what joins nothing: %s', (_, text, shown) => {
    expect(sanitize(text)).toBe(`(escaped) ${shown}`);
  });
});

describe('what --match has found', () => {
  const found = (text: string): string => `\u001b[30m\u001b[43m${text}\u001b[49m\u001b[39m`;
  const always = ['--color', 'always'];

  it('is highlighted where there are colours, and only there', async () => {
    expect(await messages('one two One', '-m', 'o.e', '-i', ...always)).toContain(
      `${found('one')} two ${found('One')}\n`,
    );
    expect(await messages('one two', '-m', 'one')).toContain('Payload      one two\n');
    const { stdout } = await run(['messages', '-q', '-m', 'two'], { stdin: [line('one two')], terminals: ['stdout'] });
    expect(stdout).toContain(`one ${found('two')}\n`);
  });

  it('is highlighted over lines, in brief lines, in pretty JSON, in frames and in the reason of a close', async () => {
    expect(await messages('ab\ncd', '-m', 'b\\nc', ...always)).toContain(
      `a${found('b')}\n    \u001b[2m             \u001b[22m${found('c')}d\n`,
    );
    expect(await messages('abc', '-b', '-m', 'b', ...always)).toContain(`a${found('b')}c\n`);
    expect(await messages('{"a":"b"}', '--pretty', '-m', 'b', ...always)).toContain(`"a": "${found('b')}"\n`);
    const close = encodeFrame({ opcode: 8, payload: Buffer.from('\u0003\u00e8see you', 'latin1') }).toString('hex');
    for (const argv of [[], ['messages'], ['messages', '-b'], ['-b']]) {
      const { stdout } = await run([...argv, '-q', '-m', 'you', ...always], { stdin: [`${close}\n`] });
      expect(stdout).toContain(`see ${found('you')}\n`);
    }
  });

  it('is highlighted as far as it is shown, and with what had to be replaced in it', async () => {
    expect(await messages('abcdef', '-m', 'cdef', '--max-payload', '4', ...always)).toContain(`ab${found('cd')}\n`);
    expect(await messages('a\u001bb', '-m', '\\x1bb', ...always)).toContain(found(inverse('\\x1b')));
    expect(await messages('abc', '-m', 'x*', ...always)).toContain('Payload      \u001b[22mabc\n');
  });
});
