import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { DissectEvent } from '../../src/events.js';
import { HarWriter } from '../../src/export/har-writer.js';
import { JsonOutput } from '../../src/output/json/json.js';
import { CONNECTION, connection, frame, message, printed } from '../output/events.js';

/** A record is made in pieces of at most this much, however long it is. */
const MOST = 1024 * 1024;
const LONG = 4 * 1024 * 1024;

const PAYLOADS: readonly (readonly [string, Buffer])[] = [
  ['control characters', Buffer.alloc(LONG, 1)],
  ['letters of two, three and four bytes', Buffer.from('aé語😀\u202e"\\'.repeat(LONG / 16))],
  ['bytes that are no text', Buffer.concat([Buffer.alloc(LONG, 'a'), Buffer.of(0xff)])],
  ['binary', randomBytes(LONG + 1)],
];

function sizes(output: JsonOutput): { text: string; largest: number } {
  const pieces: Buffer[] = [];
  while (output.length > 0) pieces.push(Buffer.from(output.take()));
  return { text: Buffer.concat(pieces).toString('utf8'), largest: Math.max(...pieces.map(({ length }) => length)) };
}

describe.each(PAYLOADS)('a record with a payload of %s', (kind, payload) => {
  const opcode = kind === 'binary' ? 2 : 1;
  const isText = opcode === 1 && kind !== 'bytes that are no text';

  test('is taken in pieces of bounded size, as frame and as message, and says the same', () => {
    for (const event of [frame({ opcode, payload }), message({ opcode, payload, isText })]) {
      const output = new JsonOutput(event.type);
      output.event(event);
      const { text, largest } = sizes(output);
      expect(largest).toBeLessThanOrEqual(MOST);
      const record = JSON.parse(text) as { text?: string; base64?: string; status: string };
      expect(record.status).toBe('ok');
      if (isText) expect(record.text === payload.toString('utf8')).toBe(true);
      else expect(record.base64 === payload.toString('base64')).toBe(true);
    }
  });

  test('keeps its place among others that are not taken yet', () => {
    const output = new JsonOutput('frame');
    const events = [
      frame(),
      frame({ opcode, payload }),
      frame({ payload: Buffer.of(0xff) }),
      frame({ opcode, payload }),
    ];
    for (const event of events) output.event(event);
    const { text } = sizes(output);
    const alone = (event: DissectEvent): string => printed(new JsonOutput('frame'), [event]);
    expect(text === events.map(alone).join('')).toBe(true);
  });

  test('is put into a HAR file in pieces of bounded size', () => {
    const writer = new HarWriter();
    const pieces: Buffer[] = [Buffer.from(writer.begin({ name: 'x', version: '1' }))];
    for (const event of [message({ opcode, payload, isText }), connection({ connection: CONNECTION })]) {
      for (const piece of writer.event(event, undefined)) pieces.push(Buffer.from(piece));
    }
    pieces.push(Buffer.from(writer.end()));
    writer.close();
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(LONG);
    const har = JSON.parse(Buffer.concat(pieces).toString('utf8')) as {
      log: { entries: { _webSocketMessages: { data: string; encoding?: string }[] }[] };
    };
    const [entry] = har.log.entries;
    expect(entry?._webSocketMessages).toHaveLength(1);
    const { data, encoding } = entry!._webSocketMessages[0]!;
    expect(data === payload.toString(isText ? 'utf8' : 'base64')).toBe(true);
    expect(encoding).toBe(isText ? undefined : 'base64');
  });
});
