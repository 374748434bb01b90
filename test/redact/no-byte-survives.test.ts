import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../../src/encode/encode-message.js';
import { Talk } from '../hostile/talk.js';
import { COMMAND_LINES, leaksOf, outputsOf } from './outputs.js';

/** Unlike anything that a program writes by itself. */
const word = fc.stringMatching(/^[A-HJ-NP-Z]{4}[a-km-w0-8äßЖ太🙂]{4,12}[A-HJ-NP-Z]{3}$/u);

/** Where a secret stands in a text, and the rule that names it. */
const PLACES: readonly {
  readonly rule: (secret: string) => string;
  readonly text: (secret: string) => string;
}[] = [
  { rule: () => 'path: $.token', text: (secret) => JSON.stringify({ a: 1, token: secret }) },
  { rule: () => 'path: $..token', text: (secret) => `42["login",${JSON.stringify({ in: [{ token: secret }] })}]` },
  {
    rule: () => 'path: $.token',
    text: (secret) => JSON.stringify({ text: JSON.stringify({ token: { all: [secret] } }) }),
  },
  { rule: () => 'path: $[1]', text: (secret) => JSON.stringify(['a', secret]) },
  { rule: () => 'path: $.token', text: (secret) => `a${JSON.stringify([JSON.stringify({ token: secret })])}` },
  { rule: (secret) => `pattern: ${JSON.stringify(secret)}`, text: (secret) => `before ${secret} after` },
  {
    rule: (secret) => `pattern: ${JSON.stringify(secret)}`,
    text: (secret) => JSON.stringify({ x: escaped(secret) }).replaceAll('\\\\u', '\\u'),
  },
  { rule: (secret) => `pattern: ${JSON.stringify(secret)}`, text: (secret) => `?q=${encodeURIComponent(secret)}&b` },
  { rule: (secret) => `pattern: ${JSON.stringify(secret)}`, text: (secret) => `CONNECT\npasscode:${secret}\n\n\0` },
];

function escaped(text: string): string {
  return [...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}

describe('no byte run of what was replaced', () => {
  it('survives in the output of any command, in any encoding', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...COMMAND_LINES),
        fc.array(
          fc.record({
            secret: word,
            place: fc.constantFrom(...PLACES),
            fragmentLength: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
            isDeflated: fc.boolean(),
            isFromClient: fc.boolean(),
            opcode: fc.constantFrom(1, 2),
            key: fc.integer({ min: 0, max: 0xffffffff }),
            isFinal: fc.boolean(),
            noise: fc.uint8Array({ maxLength: 4 }),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        fc.boolean(),
        word,
        async (words, messages, isCompressed, cookie) => {
          const more = `Cookie: id=${encodeURIComponent(cookie)}\r\n`;
          const extensions = isCompressed
            ? 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'
            : undefined;
          const talk = new Talk().upgrade({
            more,
            target: `/?c=${encodeURIComponent(cookie)}`,
            ...(extensions === undefined ? {} : { offered: 'permessage-deflate', extensions }),
          });
          for (const {
            secret,
            place,
            fragmentLength,
            isDeflated,
            isFromClient,
            opcode,
            key,
            isFinal,
            noise,
          } of messages) {
            const said = Buffer.from(place.text(secret), 'utf8');
            const frames = encodeMessage({
              payload:
                opcode === 2 && place.rule('').startsWith('pattern') ? Buffer.concat([noise, said, noise]) : said,
              opcode,
              deflate: isCompressed && isDeflated,
              fin: isFinal,
              ...(fragmentLength === undefined ? {} : { fragmentLength }),
              ...(isFromClient ? { maskingKey: () => Buffer.from(key.toString(16).padStart(8, '0'), 'hex') } : {}),
            });
            for (const frame of frames) talk.send(isFromClient ? 0 : 1, frame);
          }
          const rules = [...new Set(messages.map(({ place, secret }) => place.rule(secret)))];
          const text = `redact:\n${['header: cookie', ...rules].map((rule) => `  - ${rule}\n`).join('')}`;
          const { outputs, code, stderr } = await outputsOf(talk.finish().pcap(), text, words, ['--redact-check']);
          const secrets = [...messages.map(({ secret }) => secret), encodeURIComponent(cookie)];
          expect(leaksOf(outputs, secrets)).toEqual([]);
          expect(stderr).not.toContain('--redact-check:');
          expect([0, 1], stderr).toContain(code);
        },
      ),
      { numRuns: 120 },
    );
  });
});
