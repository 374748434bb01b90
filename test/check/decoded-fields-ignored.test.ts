import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeMessage } from '../../src/encode/encode-message.js';
import { run } from '../cli/fake-io.js';
import { Talk, type UpgradeFields } from '../hostile/talk.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-decoded-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** What one side says: its number, and the payload; text where it is a string. */
type Said = readonly [side: 0 | 1, payload: string | Buffer] | 'lost';

const key = (): Uint8Array => Uint8Array.from([1, 2, 3, 4]);

function framesOf(side: 0 | 1, payload: string | Buffer): Buffer {
  const opcode = typeof payload === 'string' ? 1 : 2;
  const masked = side === 0 ? { maskingKey: key } : {};
  return Buffer.concat(encodeMessage({ payload: Buffer.from(payload), opcode, ...masked }));
}

function capture(name: string, fields: UpgradeFields, said: readonly Said[]): string {
  const talk = new Talk().upgrade(fields);
  for (const each of said) {
    if (each === 'lost') talk.lose(0, framesOf(0, Buffer.from([0])).length);
    else talk.send(each[0], framesOf(...each));
  }
  return write(name, talk.finish().pcap());
}

const rules = (...lines: readonly string[]): string =>
  write('rules.yaml', `ignore:\n${lines.map((line) => `  - ${line}\n`).join('')}`);

/** What `diff` and `check --golden` say of two captures, the golden file being of the first one. */
async function compare(one: string, other: string, ignore: string): Promise<{ codes: number[]; text: string }> {
  const golden = join(folder, 'said.jsonl');
  await run(['check', '-q', '--golden', golden, '--update', '--allow', 'tcp.gap', one]);
  const options = ['-q', '--ignore', ignore];
  const outcomes = [
    await run(['diff', ...options, one, other]),
    await run(['diff', ...options, golden, other]),
    await run(['check', ...options, '--golden', golden, other]),
  ];
  return {
    codes: outcomes.map(({ code }) => code),
    text: outcomes.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
  };
}

const SAME = [0, 0, 0];
const OTHER = [1, 1, 1];

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};
const packet = (first: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([first, body.length]), body]);
};
const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const mqttConnect = (client: string): Buffer => packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 60]), text(client));
const mqttPublish = (id: number, topic: string, payload: string): Buffer =>
  packet(0x32, text(topic), uint16(id), Buffer.from(payload));
const mqttAck = (id: number): Buffer => packet(0x40, uint16(id));
const MQTT = { subprotocol: 'mqtt' };

describe('--ignore for the packet ids of MQTT', () => {
  const session = (client: string, id: number, payload = '{"t":12345678901234567890}', topic = 'a/b'): Said[] => [
    [0, mqttConnect(client)],
    [1, Buffer.from([0x20, 2, 0, 0])],
    [0, mqttPublish(id, topic, payload)],
    [1, mqttAck(id)],
    [0, Buffer.concat([mqttPublish(id + 1, topic, '1'), Buffer.from([0xc0, 0])])],
    [1, Buffer.concat([mqttAck(id + 1), Buffer.from([0xd0, 0])])],
  ];

  it('compares what such packets mean, and tells what else differs by its path', async () => {
    const one = capture('a.pcap', MQTT, session('one', 7));
    const other = capture('b.pcap', MQTT, session('two', 300));
    expect((await compare(one, other, rules('field: decoded.id'))).codes).toEqual(OTHER);
    expect(await compare(one, other, rules('field: decoded.id', 'field: decoded.value.clientId'))).toEqual({
      codes: SAME,
      text: expect.any(String) as string,
    });
    expect((await compare(one, other, rules('preset: mqtt'))).codes).toEqual(SAME);
    expect((await compare(one, other, rules('preset: signalr', 'preset: socket.io'))).codes).toEqual(OTHER);
    const third = capture('c.pcap', MQTT, session('three', 9, '{"t":12345678901234567891}', 'a/c'));
    const { codes, text } = await compare(one, third, rules('preset: mqtt'));
    expect(codes).toEqual(OTHER);
    expect(text).toContain('client message 2: changed @@\n');
    expect(text).toContain('  decoded.channel: "a/b" -> "a/c"\n');
    expect(text).toContain('  decoded.value.t: 12345678901234567890 -> 12345678901234567891\n');
    expect(text).not.toMatch(/^\s*[-+].*clientId/m);
  });

  it('takes packets in several messages as one, however they are divided', async () => {
    const pieces = (bytes: Buffer, length: number): Said[] =>
      Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) => [
        0,
        bytes.subarray(index * length, (index + 1) * length),
      ]);
    const said = (client: string, id: number, length: number, last = 'x'): Said[] => [
      ...pieces(mqttConnect(client), length),
      ...pieces(mqttPublish(id, 'topic', 'payload'), length),
      ...pieces(mqttPublish(id + 1, 'topic', last), length),
    ];
    const one = capture('a.pcap', MQTT, said('one', 7, 3));
    const ignore = rules('preset: mqtt');
    expect((await compare(one, capture('b.pcap', MQTT, said('two', 9, 3)), ignore)).codes).toEqual(SAME);
    expect((await compare(one, capture('b.pcap', MQTT, said('two', 9, 5)), ignore)).codes).toEqual(SAME);
    const { codes, text } = await compare(one, capture('b.pcap', MQTT, said('two', 9, 1, 'y')), ignore);
    expect(codes).toEqual(OTHER);
    expect(text).toContain('  decoded.raw: "x" -> "y"\n');
    // The number of the message in which it begins: ten pieces of CONNECT and others are before it.
    expect(text).toMatch(/client message 1[0-9]: changed/);
  });

  it('joins nothing over bytes that were not captured', async () => {
    const begin = mqttPublish(7, 'topic', 'payload').subarray(0, 5);
    const rest = Buffer.from('what never was in this packet: ids \0\x07 and all');
    const said: Said[] = [[0, mqttConnect('one')], [0, begin], 'lost', [0, rest]];
    const one = capture('a.pcap', MQTT, said);
    const other = capture('b.pcap', MQTT, [[0, mqttConnect('two')], [0, begin], 'lost', [0, rest.subarray(1)]]);
    const { codes, text } = await compare(one, other, rules('preset: mqtt'));
    expect(codes).toEqual(OTHER);
    expect(text).not.toContain('PUBLISH');
    expect(readFileSync(join(folder, 'said.jsonl'), 'utf8').match(/"afterLoss":true/g)).toHaveLength(1);
    // It says how messages are understood, and is compared with nothing.
    const old = write('old.jsonl', readFileSync(join(folder, 'said.jsonl'), 'utf8').replace(',"afterLoss":true', ''));
    expect((await run(['check', '-q', '--golden', old, '--allow', 'tcp.gap', one])).stdout).not.toContain('differs');
    expect((await run(['diff', '-q', old, one])).stdout).toBe('');
  });
});

describe('--ignore for the ids of SignalR', () => {
  const bytes = (...values: readonly (number | string)[]): Buffer => {
    const parts = values.map((value) =>
      typeof value === 'number'
        ? Buffer.from([value])
        : Buffer.concat([Buffer.from([0xa0 + value.length]), Buffer.from(value)]),
    );
    const body = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([body.length]), body]);
  };
  // [1, {}, id, target, [argument], []] and [3, {}, id, 3, result]
  const invocation = (id: string, argument: string): Buffer => bytes(0x96, 1, 0x80, id, 'Send', 0x91, argument, 0x90);
  const completion = (id: string, result: string): Buffer => bytes(0x95, 3, 0x80, id, 3, result);

  it('in MessagePack, from the first message on', async () => {
    const said = (id: string, argument: string): Said[] => [
      [0, Buffer.from('{"protocol":"messagepack","version":1}\u001e')],
      [1, Buffer.from('{}\u001e')],
      [0, invocation(`${id}1`, argument)],
      [1, completion(`${id}1`, 'done')],
      [0, Buffer.concat([invocation(`${id}2`, 'b'), invocation(`${id}3`, 'c')])],
      [1, completion(`${id}2`, 'done')],
    ];
    const one = capture('a.pcap', {}, said('a', 'x'));
    const other = capture('b.pcap', {}, said('longer', 'x'));
    expect((await run(['diff', '-q', one, other])).code).toBe(1);
    expect((await compare(one, other, rules('preset: signalr'))).codes).toEqual(SAME);
    expect((await compare(one, other, rules('field: decoded.items.id'))).codes).toEqual(SAME);
    const { codes, text } = await compare(one, capture('c.pcap', {}, said('b', 'y')), rules('preset: signalr'));
    expect(codes).toEqual(OTHER);
    expect(text).toContain('  decoded.value[0]: "x" -> "y"\n');
  });

  it('in JSON, where paths begin at each of its records', async () => {
    const said = (id: string, at: number): Said[] => [
      [0, '{"protocol":"json","version":1}\u001e'],
      [1, '{}\u001e'],
      [0, `{"type":1,"invocationId":"${id}","target":"Send","arguments":[{"at":${at}}]}\u001e`],
      [1, `{"type":3,"invocationId":"${id}","result":1}\u001e{"type":6}\u001e`],
    ];
    const one = capture('a.pcap', {}, said('1', 5));
    const other = capture('b.pcap', {}, said('22', 6));
    expect((await compare(one, other, rules('preset: signalr'))).codes).toEqual(OTHER);
    const both = rules('preset: signalr', 'path: $.arguments[0].at');
    expect((await compare(one, other, both)).codes).toEqual(SAME);
    const paths = rules('path: $.invocationId', 'path: $..at');
    expect((await compare(one, other, paths)).codes).toEqual(SAME);
  });
});

describe('--ignore for decoded fields of texts', () => {
  it('ids of Socket.IO', async () => {
    const socketIo = { target: '/socket.io/?EIO=4&transport=websocket' };
    const said = (id: string, name: string): Said[] => [
      [0, '40'],
      [0, `42${id}["${name}",{"big":12345678901234567890}]`],
      [1, `43${id}["ok"]`],
    ];
    const one = capture('a.pcap', socketIo, said('17', 'chat'));
    const ignore = rules('field: decoded.id');
    expect((await compare(one, capture('b.pcap', socketIo, said('5', 'chat')), ignore)).codes).toEqual(SAME);
    const { codes, text } = await compare(one, capture('c.pcap', socketIo, said('5', 'talk')), ignore);
    expect(codes).toEqual(OTHER);
    expect(text).toContain('  decoded.name: "chat" -> "talk"\n');
    // A call is no event, whatever its id.
    expect((await compare(one, capture('d.pcap', socketIo, said('', 'chat')), ignore)).codes).toEqual(OTHER);
  });

  it('bytes that Socket.IO attaches are compared as bytes', async () => {
    const socketIo = { target: '/socket.io/?EIO=4&transport=websocket' };
    const said = (byte: number): Said[] => [
      [0, '451-["chat",{"_placeholder":true,"num":0}]'],
      [0, Buffer.from([1, byte])],
    ];
    const one = capture('a.pcap', socketIo, said(1));
    const other = capture('b.pcap', socketIo, said(2));
    for (const rule of ['field: decoded.name', 'pattern: chat', 'field: decoded.kind']) {
      expect((await compare(one, other, rules(rule))).codes, rule).toEqual(OTHER);
      expect((await compare(one, one, rules(rule))).codes, rule).toEqual(SAME);
    }
  });

  it('refs of Phoenix, in JSON and in bytes', async () => {
    const phoenix = { target: '/socket/websocket?vsn=2.0.0' };
    const push = (ref: string, payload: number): Buffer =>
      Buffer.concat([Buffer.from([0, 1, ref.length, 4, 2]), Buffer.from(`1${ref}roomgo`), Buffer.from([payload])]);
    const said = (ref: string, payload: number): Said[] => [
      [0, `["1","${ref}","room","say",{"x":1}]`],
      [1, `["1","${ref}","room","phx_reply",{"status":"ok","response":{}}]`],
      [0, push(ref, payload)],
    ];
    const one = capture('a.pcap', phoenix, said('3', 1));
    const ignore = rules('field: decoded.id');
    expect((await compare(one, capture('b.pcap', phoenix, said('44', 1)), ignore)).codes).toEqual(SAME);
    const { codes, text } = await compare(one, capture('c.pcap', phoenix, said('44', 2)), ignore);
    expect(codes).toEqual(OTHER);
    expect(text).toMatch(/ {2}decoded\.raw: .*01.* -> .*02/);
  });

  it('ids of subscriptions to GraphQL', async () => {
    const graphql = { subprotocol: 'graphql-transport-ws' };
    const said = (id: string, x: number): Said[] => [
      [0, `{"id":"${id}","type":"subscribe","payload":{"query":"{x}"}}`],
      [1, `{"id":"${id}","type":"next","payload":{"data":{"x":${x}}}}`],
    ];
    const one = capture('a.pcap', graphql, said('ca3f', 1));
    const ignore = rules('preset: graphql');
    expect((await compare(one, capture('b.pcap', graphql, said('0011', 1)), ignore)).codes).toEqual(SAME);
    expect((await compare(one, capture('c.pcap', graphql, said('0011', 2)), ignore)).codes).toEqual(OTHER);
  });
});

describe('paths and patterns of --ignore', () => {
  const said = (device: string, at: number): Said[] => [
    [0, mqttConnect('one')],
    [0, mqttPublish(7, `devices/${device}`, `{"at":${at},"x":1}`)],
  ];

  it('look into binary messages by what they mean', async () => {
    const one = capture('a.pcap', MQTT, said('d-0a', 1));
    const other = capture('b.pcap', MQTT, said('d-17', 22));
    expect((await compare(one, other, rules('path: $.at'))).codes).toEqual(OTHER);
    expect((await compare(one, other, rules('pattern: "d-[0-9a-f]+"'))).codes).toEqual(OTHER);
    expect((await compare(one, other, rules('path: $.at', 'pattern: "d-[0-9a-f]+"'))).codes).toEqual(SAME);
    expect((await compare(one, other, rules('field: decoded.value.at', 'field: decoded.channel'))).codes).toEqual(SAME);
  });
});

describe('a rule for a decoded field', () => {
  it.each([
    ['field: decoded.ids', 'decoded.ids is none of client,'],
    ['field: decoded.id.x', 'decoded.id.x is none of client,'],
    ['field: decoded', 'decoded.protocol, decoded.kind, decoded.name, decoded.id, decoded.channel, decoded.value'],
    ['field: decoded.value[x', 'ignore[0] field: what is at [x cannot be read in the path $[x'],
    ['preset: toString', 'preset: toString is none of socket.io, signalr, phoenix, mqtt, graphql'],
  ])('is wrong as %j', async (rule, message) => {
    const one = capture('a.pcap', {}, [[0, 'hi']]);
    const { code, stderr } = await run(['diff', '--ignore', rules(rule), one, one]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('leaves alone what cannot be decoded', async () => {
    const one = capture('a.pcap', {}, [[0, Buffer.from([1, 2, 3])]]);
    const other = capture('b.pcap', {}, [[0, Buffer.from([1, 2, 4])]]);
    const ignore = rules('field: decoded.id', 'field: decoded.value', 'pattern: x');
    expect((await compare(one, other, ignore)).codes).toEqual(OTHER);
    expect((await compare(one, one, ignore)).codes).toEqual(SAME);
  });
});

describe('recordings', () => {
  const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
  const names = readdirSync(FIXTURES).filter((name) => /^(?:subprotocol|socketio|loss|h2c)\b.*\.pcap$/.test(name));

  it.each(names)('%s is the same as itself, whatever is left out of it', async (name) => {
    const path = join(FIXTURES, name);
    const ignore = rules(
      ...['socket.io', 'signalr', 'phoenix', 'mqtt', 'graphql'].map((preset) => `preset: ${preset}`),
      ...['decoded.id', 'decoded.value.clientId', 'decoded.value..user', 'decoded.channel'].map(
        (field) => `field: ${field}`,
      ),
      'pattern: "[a-z]{4}"',
      'path: $..text',
    );
    const golden = join(folder, 'recording.jsonl');
    await run(['check', '-q', '--golden', golden, '--update', '--allow-empty', path]);
    for (const options of [[], ['--ignore', ignore]]) {
      expect(await run(['diff', '-q', ...options, path, path])).toMatchObject({ code: 0, stdout: '' });
      if (readFileSync(golden, 'utf8') === '') continue;
      expect((await run(['diff', '-q', ...options, golden, path])).stdout).toBe('');
      expect((await run(['check', '-q', ...options, '--golden', golden, path])).stdout).not.toContain('what was said');
    }
  });
});
