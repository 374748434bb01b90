import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../src/check/expectations/fields.js';
import { RULES } from '../../src/common/finding-codes.js';
import { PROTOCOLS } from '../../src/subprotocol/sub-protocol.js';
import { run } from '../cli/fake-io.js';
import { readSchema, validator, type Schema } from './schemas.js';

const GOLDEN = new URL('../../fixtures/golden/', import.meta.url);

const schema = readSchema('record');
const errorsOf = validator(schema);
const goldens = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.jsonl'))
  .sort();

/** The records of one type that the schema allows, by the names that expectations have for them. */
function namesIn(type: string): string[] {
  return memberNames(schema.$defs[type]!).sort();
}

function memberNames(object: Schema): string[] {
  return Object.entries(object.properties ?? {}).flatMap(([name, member]) => {
    if (member === false) return [];
    const inner = member.items?.$ref === undefined ? member : schema.$defs[member.items.$ref.split('/').at(-1)!]!;
    const below = memberNames(inner).map((part) => `${name}.${part}`);
    return below.length > 0 && member.items === undefined ? below : [name, ...below];
  });
}

function linesOf(name: string): string[] {
  return readFileSync(new URL(name, GOLDEN), 'utf8').split('\n').filter(Boolean);
}

describe('the schema of the records', () => {
  it.each(goldens)('accepts every record of %s', (name) => {
    for (const line of linesOf(name)) expect(errorsOf(JSON.parse(line)), line).toEqual([]);
  });

  it.each(['frame', 'message', 'connection'])('names the fields of a %s that expectations name', (type) => {
    const fields = [...FIELDS].filter(([, { records }]) => (records as readonly string[]).includes(type));
    expect(namesIn(type)).toEqual(fields.map(([name]) => name).sort());
  });

  it('accepts the calls of the fixtures', async () => {
    for (const name of ['ping-pong.pcap', 'socketio-websocket.pcap', 'loss-mid-frame.pcap']) {
      const { stdout } = await run(['calls', '--json', '-q', fileURLToPath(new URL(`../${name}`, GOLDEN))]);
      for (const line of stdout.split('\n').filter(Boolean)) expect(errorsOf(JSON.parse(line)), line).toEqual([]);
    }
  });

  it('names every sub-protocol', () => {
    const { decoded } = schema.$defs['message']!.properties as Record<string, Schema>;
    const { protocol } = decoded!.properties as Record<string, Schema & { enum?: readonly string[] }>;
    expect(protocol!.enum).toEqual(PROTOCOLS);
  });

  it('accepts the code and section of every rule', () => {
    const { code, rfc } = schema.$defs['finding']!.properties as Record<string, Schema>;
    for (const [name, rule] of Object.entries(RULES)) {
      expect(name).toMatch(new RegExp(code!.pattern!));
      if ('rfc' in rule) expect(rule.rfc).toMatch(new RegExp(rfc!.pattern!));
    }
  });

  describe('refuses', () => {
    const frame = JSON.parse(linesOf('send.pcap.jsonl').find((line) => line.includes('"type":"frame"'))!) as object;
    const message = JSON.parse(linesOf('send.pcap.jsonl').find((line) => line.includes('"type":"message"'))!) as object;

    it('nothing about the records that are changed below', () => {
      expect(errorsOf(frame)).toEqual([]);
      expect(errorsOf(message)).toEqual([]);
    });

    it.each([
      ['a member that it does not know', { ...frame, colour: 'red' }],
      ['text and base64 together', { ...frame, base64: 'bWEyc2FrYQ==' }],
      ['a masking key without the mask bit', { ...frame, mask: false }],
      ['a mask bit without its key', { ...frame, maskingKey: undefined }],
      ['missing bytes of a frame that is ok', { ...frame, missing: 3 }],
      ['a gap that does not say how much is missing', { ...frame, status: 'gap' }],
      ['a length that JSON numbers cannot hold', { ...frame, payloadLength: 2 ** 53 }],
      ['a time that is not UTC', { ...frame, time: '2015-12-05T03:00:00.123456+09:00' }],
      ['the text of a message that cannot be known', { ...message, status: 'lost-context' }],
      ['a record of another type', { ...frame, type: 'packet' }],
    ])('%s', (_what, record) => {
      expect(errorsOf(JSON.parse(JSON.stringify(record)))).not.toEqual([]);
    });

    it('no length of 2^53, which is a string of digits', () => {
      expect(errorsOf({ ...frame, payloadLength: String(2 ** 53) })).toEqual([]);
    });
  });
});
