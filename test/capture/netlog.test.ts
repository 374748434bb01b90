import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CaptureInput } from '../../src/capture/capture-input.js';
import { parseEndpoint } from '../../src/capture/recordings/endpoint-text.js';
import { dissect } from '../../src/dissect.js';
import type { DissectEvent } from '../../src/events.js';
import { fixture } from '../export/har.js';
import { bytewise, read } from './read.js';

const LOGS = ['ws', 'ws-deflate', 'wss-deflate', 'http2'];

function log(name: string): Buffer {
  return readFileSync(fixture(`logs/${name}.netlog.json`));
}

interface Header {
  readonly opcode: number;
  readonly final: boolean;
  readonly masked: boolean;
  readonly reserved1: boolean;
  readonly payload_length: number;
}

/** The headers of the frames that the browser itself has seen, sent and received. */
function headersIn(text: string): { sent: Header[]; received: Header[] } {
  const [first = '', , ...lines] = text.split('\n');
  const { constants } = JSON.parse(`${first.slice(0, -1)}}`) as {
    constants: { logEventTypes: Record<string, number> };
  };
  const of = (name: string): Header[] =>
    lines
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line.replace(/(?:,|\]\})$/, '')) as { type: number; params: Header })
      .filter(({ type }) => type === constants.logEventTypes[name])
      .map(({ params }) => params);
  return { sent: of('WEBSOCKET_SENT_FRAME_HEADER'), received: of('WEBSOCKET_RECV_FRAME_HEADER') };
}

async function eventsOf(bytes: Uint8Array, chunk = bytes.length): Promise<DissectEvent[]> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunk) chunks.push(bytes.subarray(at, at + chunk));
  const events: DissectEvent[] = [];
  for await (const event of dissect(chunks)) events.push(event);
  return events;
}

/** The headers of the frames of one direction, as the browser notes them. */
function headersOf(events: readonly DissectEvent[], isSent: boolean): Header[] {
  return events.flatMap((event) => {
    if (event.type !== 'frame' || (event.direction === 'client-to-server') !== isSent) return [];
    const { opcode, fin: final, mask: masked, rsv1: reserved1, payloadLength } = event.frame;
    return [{ opcode, final, masked, reserved1, payload_length: Number(payloadLength) }];
  });
}

const noted = ({ opcode, final, masked, reserved1, payload_length }: Header): Header => ({
  opcode,
  final,
  masked,
  reserved1,
  payload_length,
});

describe('a NetLog', () => {
  it.each(LOGS)('of %s gives the frames that the browser has seen', async (name) => {
    const bytes = log(name);
    const { sent, received } = headersIn(bytes.toString());
    const events = await eventsOf(bytes);
    expect(headersOf(events, true)).toEqual(sent.map(noted));
    expect(headersOf(events, false)).toEqual(received.map(noted));
    expect(sent.length).toBe(8);
    expect(events.filter(({ type }) => type === 'finding')).toEqual([]);
  });

  it.each(LOGS)('of %s gives what was said, and who said it', async (name) => {
    const events = await eventsOf(log(name));
    const said = (direction: string): (string | undefined)[] =>
      events.flatMap((event) =>
        event.type === 'message' && event.direction === direction && event.message.opcode === 1
          ? [event.message.payload?.toString()]
          : [],
      );
    const texts = ['ma2saka', 'ma2saka', 'こんにちは', '', 'x'.repeat(5000), 'bye'];
    expect(said('client-to-server')).toEqual(texts);
    expect(said('server-to-client')).toEqual(texts);
    const [connection] = events.filter((event) => event.type === 'connection');
    expect(connection).toMatchObject({ closeCode: 3000, closedBy: 'client', handshake: { state: 'accepted' } });
    expect(connection!.connection.client).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(connection!.communityId).toMatch(/^1:/);
    expect(connection!.handshake.url).toMatch(name.startsWith('ws-') || name === 'ws' ? /^ws:/ : /^wss:/);
    if (name === 'http2') {
      expect(connection).toMatchObject({ tls: { version: 'TLS 1.3', alpn: 'h2' }, connection: { http2Stream: 3 } });
    } else if (name === 'wss-deflate') {
      expect(connection).toMatchObject({
        tls: { version: 'TLS 1.3', alpn: 'http/1.1', cipher: 'TLS_AES_256_GCM_SHA384' },
      });
    } else expect(connection!.tls).toBeUndefined();
  });

  it('is the same however it is cut into chunks, and however its lines end', async () => {
    const bytes = log('wss-deflate');
    const whole = await eventsOf(bytes);
    expect(await eventsOf(bytes, 7)).toEqual(whole);
    expect(await eventsOf(bytes, 1000)).toEqual(whole);
    const text = bytes.toString();
    for (const other of [
      text.replaceAll('\n', '\r\n'),
      text.replace(/\]\}\n$/, '\n]\n}\n'),
      text.replace(/\]\}\n$/, '],\n"polledData": {"x":[1,2]}}\n'),
      text.replace('"events": [', '"events":['),
    ]) {
      expect(await eventsOf(Buffer.from(other)), other.slice(-50)).toEqual(whole);
    }
  });

  it('that was cut is read as far as it goes, at every byte', async () => {
    const bytes = log('ws-deflate');
    const whole = (await eventsOf(bytes)).filter(({ type }) => type === 'frame');
    const text = bytes.toString();
    const from = text.indexOf('"events"');
    for (let length = from + 12; length < bytes.length - 3; length += 97) {
      const events = await eventsOf(bytes.subarray(0, length));
      const frames = events.filter(({ type }) => type === 'frame');
      expect(frames).toEqual(whole.slice(0, frames.length));
      const codes = events.flatMap((event) => (event.type === 'finding' ? [event.finding.code] : []));
      expect(codes, String(length)).toContain('capture.bad-json');
    }
  });

  it('with a damaged event, or one that is too long, tells the line and goes on', async () => {
    const lines = log('ws').toString().split('\n');
    const at = lines.findIndex((line) => line.includes('"bytes"')) + 4;
    const damaged = [...lines];
    damaged[at] = damaged[at]!.replace('"params":{', '"params":{{');
    const events = await eventsOf(Buffer.from(damaged.join('\n')));
    const found = events.filter((event) => event.type === 'finding');
    expect(found[0]?.finding.message).toMatch(/^line \d+ of the NetLog is no JSON; it is not used$/);
    expect(events.some(({ type }) => type === 'frame')).toBe(true);
    const long = `${lines.slice(0, 3).join('\n')}\n{"params":{"x":"${'y'.repeat(5000)}"},"phase":0,"type":1},\n${lines.slice(3).join('\n')}`;
    const limited = read(CaptureInput, bytewise(Buffer.from(long)).slice(0), { blockLength: 4500 });
    expect(limited.findings.map(({ message }) => message).join()).toContain('is longer than the 4500 characters');
  });

  it('without bytes says which option was missing', () => {
    const { error, packets } = read(CaptureInput, [log('no-bytes')]);
    expect(error?.code).toBe('not-a-capture');
    expect(error?.message).toContain('--net-log-capture-mode=Everything');
    expect(packets.every(({ bytes }) => bytes.length === 0)).toBe(true);
  });

  it.each([
    ['{"constants":5,\n'],
    ['{"constants":{}}'],
    ['{"constants":{"logEventTypes":[]},\n"events": [\n'],
    ['{\n  "constants": {\n    "logEventTypes": {}\n  }\n}\n'],
    ['{"constants":'],
    [`{"constants":"${'x'.repeat(9000)}`],
  ])('is not %s, which one line says', (text) => {
    for (const chunks of [[Buffer.from(text)], bytewise(Buffer.from(text))]) {
      const { error } = read(CaptureInput, chunks, { blockLength: 4500 });
      expect(error?.code).toBe('not-a-capture');
      expect(error?.message).toMatch(/^not a capture: it looks like JSON, a NetLog that cannot be read: [^\n]+$/);
    }
  });

  it('of TLS inside TLS says that it is not read: both are noted alike', async () => {
    const lines = log('wss-deflate').toString().split('\n');
    const connect = lines.filter((line) => line.includes('"cipher_suite"'))[1]!;
    const begin = connect.replace(/"params":\{.*?\},"phase":2/, '"params":{},"phase":1');
    const at = lines.findIndex((line) => line.includes('"opcode"'));
    const source = /"source":\{.*?\}/;
    const socket = lines.slice(0, at).findLast((line) => line.includes('"bytes"'))!;
    const nested = begin.replace(source, source.exec(socket)![0]);
    const events = await eventsOf(Buffer.from([...lines.slice(0, at), nested, ...lines.slice(at)].join('\n')));
    expect(events.filter(({ type }) => type === 'frame')).toEqual([]);
    const found = events.flatMap((event) => (event.type === 'finding' ? [event.finding] : []));
    expect(found).toMatchObject([{ code: 'tls.unsupported', stream: 2 }]);
  });

  it('gives no byte that its events do not hold: what they say of sockets may be anything', async () => {
    const head =
      '{"constants":{"logEventTypes":{"TCP_CONNECT":1,"SOCKET_BYTES_SENT":2,"SSL_CONNECT":3,"SSL_SOCKET_BYTES_SENT":4,"SOCKET_ALIVE":5},"timeTickOffset":"x"},\n"events": [\n';
    const event = (type: number, params: unknown, phase = 2, id: unknown = 1): string =>
      `${JSON.stringify({ params, phase, source: { id, type: 1 }, time: 'x', type })},\n`;
    const frame = Buffer.from('8187e1a4c61d8cc5f46e80cfa7', 'hex').toString('base64');
    const ends = { local_address: '127.0.0.1:1', remote_address: '[::1]:2' };
    const odd = [
      event(1, { local_address: 5, remote_address: null }),
      event(2, { bytes: '!!', byte_count: -5 }),
      event(2, { bytes: 5, byte_count: '9' }),
      event(2, null),
      event(2, [], 2, 'no'),
      event(3, {}, 2, 7),
      event(4, { bytes: 'AAAA', byte_count: 1e300 }, 0, 9),
      event(5, {}, 2, 1),
      event(1, ends),
      event(1, ends),
      event(2, { bytes: frame, byte_count: 20 }),
    ].join('');
    const events = await eventsOf(Buffer.from(`${head}${odd}]}`));
    for (const each of events) if (each.type === 'frame') expect(each.frame.payload?.toString()).toBe('ma2saka');
  });
});

describe('an endpoint as text', () => {
  it.each([
    ['127.0.0.1:8008', '7f000001', 8008],
    ['[::1]:443', '00000000000000000000000000000001', 443],
    ['[2001:db8::1:2]:65535', '20010db8000000000000000000010002', 65535],
    ['[::ffff:1.2.3.4]:1', '00000000000000000000ffff01020304', 1],
    ['[fe80::1%eth0]:1', 'fe800000000000000000000000000001', 1],
    ['[1:2:3:4:5:6:7:8]:0', '00010002000300040005000600070008', 0],
  ])('%s is read', (text, address, port) => {
    expect(parseEndpoint(text)).toEqual({ address: Buffer.from(address, 'hex'), port });
  });

  it.each([
    '',
    'localhost:1',
    '1.2.3:4',
    '1.2.3.256:4',
    '1.2.3.4:65536',
    '[::1::2]:1',
    '[1:2:3]:1',
    '[1:2:3:4:5:6:7:8:9]:1',
    '[::12345]:1',
    5,
    null,
    '[1:2:3:4:5:6:7:8::]:1',
    '[::1.2.3]:4',
  ])('%s is none', (text) => {
    expect(parseEndpoint(text)).toBeUndefined();
  });
});
