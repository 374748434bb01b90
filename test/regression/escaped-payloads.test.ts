import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.js';
import { TextReporter } from '../../src/check/reporters/text-reporter.js';
import type { DissectEvent } from '../../src/events.js';
import { framesInBytes } from '../../src/explain/frames-in-bytes.js';
import { PLAIN_FIELDS } from '../../src/explain/field-paint.js';
import { explanationText } from '../../src/explain/text-explanation.js';
import type { Output } from '../../src/output/output.js';
import { plainStyle } from '../../src/output/style.js';
import { TextBrief } from '../../src/output/text/text-brief.js';
import { TextConnections } from '../../src/output/text/text-connections.js';
import { TextFrames } from '../../src/output/text/text-frames.js';
import { TextMessages } from '../../src/output/text/text-messages.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { PLAIN, printed } from '../output/events.js';

/** Text in which nothing has to be replaced. */
const AS_SENT = [
  String.raw`{"name":"\u592a\u90ce","dir":"C:\\Users\\new","tab":"\t"}`,
  String.raw`C:\Users\new\x1b\\`,
  String.raw`a\nb`,
  'note (escaped) here',
];
/** Text in which something has to be, and how it is shown. */
const ESCAPED: readonly (readonly [string, string])[] = [
  ['C:\\Users\u001b[2J', String.raw`C:\\Users\x1b[2J`],
  ['\u202e\\u592a', String.raw`\u{202e}\\u592a`],
  ['(escaped) \\x1b', String.raw`\x28escaped) \\x1b`],
];

const OUTPUTS: Readonly<Record<string, () => Output>> = {
  frames: () => new TextFrames(PLAIN),
  brief: () => new TextBrief({ ...PLAIN, columns: 300 }),
  messages: () => new TextMessages(PLAIN),
};

async function eventsOf(payload: string): Promise<readonly DissectEvent[]> {
  const frame = encodeFrame({ opcode: 1, payload: Buffer.from(payload) });
  return (await readCapture(new Talk().upgrade().send(1, frame).finish().pcap())).events;
}

describe.each(Object.keys(OUTPUTS))('a payload in %s', (name) => {
  test.each(AS_SENT)('is printed as it was sent: %s', async (payload) => {
    const shown = printed(OUTPUTS[name]!(), await eventsOf(payload));
    expect(shown).toContain(`  ${payload}\n`);
    expect(shown).not.toContain('  (escaped)');
  });

  test.each(ESCAPED)('is marked where something was replaced: %j', async (payload, text) => {
    expect(printed(OUTPUTS[name]!(), await eventsOf(payload))).toContain(`  (escaped) ${text}\n`);
  });
});

test('a payload of several lines is escaped as a whole, and its last line break is told', async () => {
  const [plain, escaped] = await Promise.all(
    ['a\\b\nc\\d\n', 'a\\b\nc\\d\r\n(escaped) e\n'].map(async (payload) =>
      printed(new TextMessages(PLAIN), await eventsOf(payload)),
    ),
  );
  expect(plain).toContain('    Payload      a\\b\n                 c\\d\n    ...          line break\n');
  expect(escaped).toContain(
    '    Payload      (escaped) a\\\\b\n                 c\\\\d\\r\n                 \\x28escaped) e\n    ...          line break\n',
  );
});

test('a brief line does not take a letter that it cuts in two for bytes that are no text', async () => {
  const shown = printed(new TextBrief({ ...PLAIN, columns: 100 }), await eventsOf(`a${'語'.repeat(1000)}`));
  expect(shown).not.toContain('(escaped)');
});

test('pretty JSON shows characters that were written by their numbers, and keeps the other escapes', async () => {
  const pretty = async (payload: string): Promise<string> =>
    printed(new TextMessages({ ...PLAIN, isPretty: true }), await eventsOf(payload));
  expect(await pretty(String.raw`{"a":"\u592a\u90ce\\n"}`)).toContain(String.raw`  "a": "太郎\\n"`);
  expect(await pretty(String.raw`["\\u592a","\u0022\u005c\u003c","\ud83d\ude00","\ud83d","\u001b\u202e"]`)).toMatch(
    /"\\\\u592a",\n +"\\u0022\\u005c\\u003c",\n +"😀",\n +"\\ud83d",\n +"\\u001b\\u202e"/,
  );
  const shown = await pretty('{"a":"\\u592a\u200b"}');
  expect(shown).toContain('    Payload      (escaped) {\n');
  expect(shown).toContain(String.raw`  "a": "太\u{200b}"`);
});

test('the URL and the reason of a close are shown alike', async () => {
  const reason = (text: string): Buffer =>
    encodeFrame({ opcode: 8, payload: Buffer.concat([Buffer.of(3, 0xe8), Buffer.from(text)]) });
  const shown = async (target: string, text: string): Promise<string> => {
    const talk = new Talk().upgrade({ target }).send(1, reason(text)).finish();
    const { events } = await readCapture(talk.pcap());
    return printed(new TextConnections(PLAIN), events) + printed(new TextFrames(PLAIN), events);
  };
  const plain = await shown('/a\\b\\n', 'C:\\new');
  expect(plain).toContain('ws://example.test/a\\b\\n');
  expect(plain).toContain('close reason C:\\new');
  expect(plain).toContain('    Close reason C:\\new\n');
  expect(plain).not.toContain('(escaped)');
  const marked = await shown('/a\\b\u007f', 'C:\\new\u001b');
  expect(marked).toContain(String.raw`(escaped) ws://example.test/a\\b\x7f`);
  expect(marked).toContain(String.raw`close reason (escaped) C:\\new\x1b`);
  expect(marked).toContain(String.raw`    Close reason (escaped) C:\\new\x1b`);
});

test('explain and check show payloads alike', async () => {
  const explained = (payload: string): string => {
    const [shown] = framesInBytes(encodeFrame({ opcode: 1, payload: Buffer.from(payload) }));
    const style = plainStyle('->');
    return explanationText(shown!, { style, fields: PLAIN_FIELDS, maxPayload: 100, bytes: 0 });
  };
  expect(explained('C:\\new')).toContain('  C:\\new\n');
  expect(explained('C:\\new\u001b')).toContain(String.raw`  (escaped) C:\\new\x1b`);

  const checked = async (payload: string): Promise<string> => {
    const frame = encodeFrame({ opcode: 1, payload: Buffer.from(payload), maskingKey: 1 });
    const report = await check([new Talk().upgrade().send(1, frame).finish().pcap()]);
    return new TextReporter({ style: plainStyle('->'), isQuiet: false }).capture(report);
  };
  expect(await checked('C:\\new')).toContain('"C:\\new"');
  expect(await checked('C:\\new\u001b')).toContain(String.raw`(escaped) "C:\\new\x1b"`);
  expect(await checked('##[set-env]\\n')).toContain(String.raw`(escaped) "#\x23[set-env]\\n"`);
  expect(await checked('語'.repeat(30))).not.toContain('(escaped)');
});
