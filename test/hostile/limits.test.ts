import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { WsdissectError } from '../../src/common/error.js';
import type { FindingCode } from '../../src/common/finding-codes.js';
import { ITEM_COST } from '../../src/common/held-input.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import { encodeFrame, type FrameShape } from '../../src/websocket/encode-frame.js';
import { CLIENT_START, connect, headerBlock, http2Frame, SERVER_START } from '../support/http2.js';
import { PcapngBuilder } from '../support/pcapng.js';
import { noise } from '../bench/noise.js';
import { readCapture } from './read-capture.js';
import { ACK, segmentBytes, SYN } from './segment-bytes.js';
import { pcapOf, requestText, responseText, Talk } from './talk.js';

/** A capture that just keeps within one limit. */
interface Edge {
  /** The limit that the capture reaches and does not pass. */
  readonly limit: number;
  readonly capture: Buffer;
  /** What is said where the limit is one less. */
  readonly code: FindingCode | 'bad-hex';
}

const SERVER = { address: 0x0a000002, port: 80 };
const DEFLATE = { offered: 'permessage-deflate', extensions: 'permessage-deflate' };
/** What a held segment and a held chunk cost beside their bytes: `HeldSegments` and `BoundarySearch` say so. */
const SEGMENT_COST = 128;
const CHUNK_COST = 64;

const client = (shape: FrameShape): Buffer => encodeFrame({ maskingKey: 0x37fa213d, ...shape });
const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

function pcapng(...blocks: readonly Buffer[]): Buffer {
  const builder = new PcapngBuilder();
  return Buffer.concat([builder.section(), builder.interface(101), ...blocks]);
}

/** The first fragment of a datagram of its own: 8 bytes of TCP, and the rest never comes. */
function firstFragment(identification: number, length = 8): Buffer {
  const bytes = segmentBytes({ from: SERVER, to: SERVER, sequence: 0, payload: Buffer.alloc(length) });
  const fragment = bytes.subarray(0, 20 + length);
  fragment.writeUInt16BE(fragment.length, 2);
  fragment.writeUInt16BE(identification, 4);
  fragment.writeUInt16BE(0x2000, 6);
  return fragment;
}

/** SYNs of connections from as many ports. */
function syns(count: number): Buffer[] {
  return each(count, (port) => segmentBytes({ from: { address: 1, port }, to: SERVER, sequence: 1, flags: SYN }));
}

function withData(count: number): Buffer[] {
  return each(count, (port) =>
    segmentBytes({ from: { address: 1, port }, to: SERVER, sequence: 1, flags: ACK, payload: Buffer.from('G') }),
  );
}

/** A packet as the payload of another one: IP in IP. */
function inIp(inner: Buffer): Buffer {
  const bytes = segmentBytes({ from: SERVER, to: SERVER, sequence: 0, payload: inner });
  bytes[9] = 4;
  bytes.writeUInt16BE(20 + inner.length, 2);
  return Buffer.concat([bytes.subarray(0, 20), inner]);
}

/** A frame in which bytes are missing in some places, and one after it. */
function withHoles(holes: number): Buffer {
  const talk = new Talk().upgrade().send(1, encodeFrame({ payload: 'a'.repeat(20 * holes) }).subarray(0, -20 * holes));
  for (let i = 0; i < holes; i++) talk.lose(1, 10).send(1, 'a'.repeat(10));
  return talk
    .send(1, encodeFrame({ payload: 'after it' }))
    .finish()
    .pcap();
}

/** A hole, and segments behind it, on each of some connections. */
function behindHoles(connections: number, lengths: readonly number[]): Buffer {
  const packets: Buffer[] = [];
  for (let number = 0; number < connections; number++) {
    const talk = new Talk(number, packets).upgrade().lose(0, 1);
    for (const length of lengths) talk.send(0, Buffer.alloc(length)).lose(0, 1);
  }
  return pcapOf(packets);
}

/** Segments far ahead of what was captured, which the other side then acknowledges. */
function farAhead(count: number): Buffer {
  const talk = new Talk().upgrade().lose(0, 1_000_000);
  for (let i = 0; i < count; i++) talk.send(0, client({ payload: 'far' }));
  return talk.acknowledge(1).pcap();
}

/** Bytes, and before they are acknowledged the first of them once more. */
function sentTwice(length: number): Buffer {
  const talk = new Talk().upgrade().acknowledge(1);
  const bytes = client({ payload: Buffer.alloc(length - 8) });
  talk.sendAll(0, bytes, 1400).lose(0, -bytes.length);
  return talk
    .send(0, bytes.subarray(0, 100))
    .lose(0, bytes.length - 100)
    .pcap();
}

/** A message and how many bytes it has on the wire. */
function deflated(length: number): Buffer {
  return deflateRawSync(Buffer.alloc(length), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** HTTP/2 of which the server allows WebSocket. */
const http2 = (...requests: readonly Buffer[]): Buffer =>
  requests
    .reduce((talk, request) => talk.send(0, request), new Talk().open().send(0, CLIENT_START).send(1, SERVER_START))
    .finish()
    .pcap();

const CONNECT = 'CONNECT host:80 HTTP/1.1\r\nHost: host\r\n\r\n';
const head = requestText({ more: `X: ${'x'.repeat(1000)}\r\n` });
const long = deflated(200_000);

/** Limits on how long something waits: to reach one is no loss. Each has a test of its own. */
const WAITS = ['holePackets', 'holeSeconds', 'cutPackets', 'startPackets', 'endedConnections'] as const;
type Waits = (typeof WAITS)[number];

const EDGES: { readonly [K in Exclude<keyof Limits, Waits>]: Edge } = {
  recordLength: { limit: 500, capture: pcapOf([Buffer.alloc(500)]), code: 'capture.bad-record' },
  blockLength: {
    limit: 32 + 40,
    capture: pcapng(new PcapngBuilder().packet(Buffer.alloc(40))),
    code: 'capture.bad-block',
  },
  interfaces: {
    limit: 4,
    capture: pcapng(...each(3, () => new PcapngBuilder().interface(101)), new PcapngBuilder().packet(syns(1)[0]!)),
    code: 'capture.bad-block',
  },
  hexLine: { limit: 14, capture: Buffer.from('810548656c6c6f\n'), code: 'bad-hex' },
  encapsulations: {
    limit: 5,
    capture: pcapOf([each(4, (id) => id).reduce(inIp, syns(1)[0]!)]),
    code: 'limit.encapsulations',
  },
  fragmentBytes: {
    // A datagram begins with room for 2 KiB; each run of bytes that has come costs two numbers.
    limit: 3 * (2048 + 16),
    capture: pcapOf(each(3, (id) => firstFragment(id, 256))),
    code: 'limit.fragments',
  },
  fragmentedDatagrams: { limit: 5, capture: pcapOf(each(5, (id) => firstFragment(id))), code: 'limit.fragments' },
  outOfOrderBytes: {
    limit: 300 + 2 * SEGMENT_COST,
    capture: behindHoles(1, [100, 200]),
    code: 'limit.out-of-order',
  },
  outOfOrderTotal: {
    limit: 3 * (100 + SEGMENT_COST),
    capture: behindHoles(3, [100]),
    code: 'limit.out-of-order',
  },
  doubtfulSegments: { limit: 4, capture: farAhead(3), code: 'tcp.out-of-window' },
  // The store is a ring of a power of two; that of the other side takes the least.
  comparedBytes: { limit: 4096, capture: sentTwice(3800), code: 'limit.compared-bytes' },
  comparedTotal: { limit: 4096 + 512, capture: sentTwice(3800), code: 'limit.compared-bytes' },
  halfOpenConnections: { limit: 7, capture: pcapOf(syns(7)), code: 'limit.connections' },
  unrecognisedConnections: { limit: 7, capture: pcapOf(withData(7)), code: 'limit.unrecognised' },
  connections: { limit: 7, capture: pcapOf(withData(7)), code: 'limit.connections' },
  httpHead: {
    limit: head.length,
    capture: new Talk().open().send(0, head).send(1, responseText()).pcap(),
    code: 'limit.http-head',
  },
  tunnels: {
    limit: 3,
    capture: each(3, () => undefined)
      .reduce((talk) => talk.send(0, CONNECT).send(1, 'HTTP/1.1 200 OK\r\n\r\n'), new Talk().open())
      .pcap(),
    code: 'limit.tunnels',
  },
  heldBytes: {
    limit: 500 + CHUNK_COST,
    capture: new Talk()
      .upgrade()
      .lose(0, 20)
      .send(0, Buffer.concat([Buffer.from('82feffff01020304', 'hex'), noise(492)]))
      .finish()
      .pcap(),
    code: 'limit.held-bytes',
  },
  heldTotal: {
    limit: 1000,
    capture: new Talk()
      .upgrade()
      .sendAll(0, client({ payload: Buffer.alloc(1000, 0x61) }), 600)
      .pcap(),
    code: 'limit.held-bytes',
  },
  unprovenTotal: {
    limit: 448 + 700 + 2 * ITEM_COST,
    capture: new Talk()
      .open()
      .send(0, `GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nX: ${'x'.repeat(400)}`)
      .send(0, 'x'.repeat(700))
      .finish()
      .pcap(),
    code: 'limit.held-bytes',
  },
  frameGaps: {
    limit: 5,
    capture: withHoles(5),
    code: 'limit.frame-gaps',
  },
  message: {
    limit: 1000,
    capture: new Talk()
      .upgrade()
      .send(0, client({ payload: Buffer.alloc(1000, 0x61) }))
      .pcap(),
    code: 'limit.message',
  },
  inflateRatio: {
    limit: Math.ceil(200_000 / long.length),
    capture: new Talk()
      .upgrade(DEFLATE)
      .send(0, client({ rsv1: true, payload: long }))
      .pcap(),
    code: 'limit.inflate-ratio',
  },
  hpackTable: {
    // Entries of 32 bytes and their name and value; the sender keeps all of 4,096 bytes.
    limit: 3 * (32 + 2 + 100),
    capture: http2(
      http2Frame(1, 4, 1, headerBlock({ aa: 'x'.repeat(100), bb: 'x'.repeat(100), cc: 'x'.repeat(100) }, true)),
    ),
    code: 'limit.hpack-table',
  },
  headerList: {
    // The fields of the request, each 32 bytes longer than its name and value.
    limit: 6 * 32 + 97,
    capture: http2(connect(1)),
    code: 'limit.header-list',
  },
  http2Streams: { limit: 3, capture: http2(connect(1), connect(3), connect(5)), code: 'limit.http2-streams' },
  decodedMessage: {
    limit: 30,
    capture: new Talk()
      .upgrade({ target: '/socket.io/?EIO=4&transport=websocket' })
      .send(0, client({ payload: `42["a","${'x'.repeat(20)}"]` }))
      .pcap(),
    code: 'limit.decoded-message',
  },
  secrets: {
    limit: 6,
    capture: pcapng(
      new PcapngBuilder().secrets(
        0x544c534b,
        each(6, (index) => `CLIENT_RANDOM ${String(index).repeat(64)} ${'5'.repeat(96)}\n`).join(''),
      ),
    ),
    code: 'limit.secrets',
  },
  findings: {
    limit: 6,
    capture: each(6, () => undefined)
      .reduce((talk) => talk.lose(0, 2).send(0, client({ payload: 'a frame of its own' })), new Talk().upgrade())
      .finish()
      .pcap(),
    code: 'limit.findings',
  },
};

async function codesOf(capture: Buffer, limits: Partial<Limits>): Promise<readonly string[]> {
  try {
    return (await readCapture(capture, { limits })).codes;
  } catch (error) {
    if (error instanceof WsdissectError) return [error.code];
    throw error;
  }
}

describe('a limit', () => {
  const edges = Object.entries(EDGES) as [keyof Limits, Edge][];

  it('has an edge that is tested, each of them', () => {
    expect([...Object.keys(EDGES), ...WAITS].sort()).toEqual(Object.keys(DEFAULT_LIMITS).sort());
  });

  it.each(edges)('lets pass what just keeps within it: %s', async (name, { limit, capture, code }) => {
    expect(await codesOf(capture, { [name]: limit })).not.toContain(code);
  });

  it.each(edges)('says so where one more would be needed: %s', async (name, { limit, capture, code }) => {
    expect(await codesOf(capture, { [name]: limit - 1 })).toContain(code);
  });
});

describe('the bytes held over all connections', () => {
  const half = (number: number, packets: Buffer[], fin = true): Talk =>
    new Talk(number, packets)
      .upgrade()
      .send(0, client({ fin, payload: Buffer.alloc(900, 0x61) }).subarray(0, fin ? 500 : undefined));

  it('keep the payloads of frames that came first, and those of later ones are not kept', async () => {
    const packets: Buffer[] = [];
    for (const number of [0, 1, 2]) half(number, packets);
    const { frames, messages } = await readCapture(pcapOf(packets), { limits: { heldTotal: 2000 } });
    const payloads = frames.map(({ frame }) => [frame.payload?.length, frame.findings.map(({ code }) => code)]);
    expect(payloads).toEqual([
      [492, []],
      [492, []],
      [undefined, ['limit.held-bytes']],
    ]);
    expect(messages.map(({ message }) => message.status)).toEqual(['truncated', 'truncated', 'truncated']);
  });

  it('count fragments, and a message of which one was let go of is too large', async () => {
    const packets: Buffer[] = [];
    const talks = [0, 1, 2].map((number) => half(number, packets, false));
    for (const talk of talks) talk.send(0, client({ opcode: 0, payload: 'the end' }));
    const { messages } = await readCapture(pcapOf(packets), { limits: { heldTotal: 2000 } });
    expect(messages.map(({ message }) => [message.status, message.payload?.length])).toEqual([
      ['ok', 907],
      ['ok', 907],
      ['too-large', undefined],
    ]);
    expect(messages[2]!.message.findings.map(({ code }) => code)).toEqual(['limit.held-bytes']);
  });
});

describe('the number of packets after which an acknowledged hole is given up', () => {
  /** Frames that are shown before the one behind the hole; one comes after each packet that acknowledges it. */
  async function shownAfter(holePackets: number): Promise<number> {
    const packets: Buffer[] = [];
    const other = new Talk(1, packets).upgrade();
    const talk = new Talk(0, packets)
      .upgrade()
      .send(0, client({ payload: 'before' }))
      .lose(0, 20);
    talk.send(0, client({ payload: 'behind it' }));
    for (let i = 0; i < 20; i++) {
      talk.acknowledge(1);
      other.send(0, client({ payload: `packet ${i}` }));
    }
    const { frames } = await readCapture(pcapOf(packets), { limits: { holePackets } });
    // The other connection's frames tell how far the capture had been read.
    return frames.findIndex(({ frame }) => frame.payload?.toString() === 'behind it');
  }

  it('is the limit', async () => {
    const [three, eight] = [await shownAfter(3), await shownAfter(8)];
    expect(eight - three).toBe(5);
  });
});

describe('a connection that was let rest because too many were not recognised', () => {
  const page = (talk: Talk): Talk =>
    talk.open().send(0, 'GET / HTTP/1.1\r\n\r\n').send(1, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');

  it('is read from the handshake on that it has later', async () => {
    const packets: Buffer[] = [];
    const talk = page(new Talk(0, packets));
    for (const number of [1, 2, 3]) page(new Talk(number, packets));
    talk.send(0, requestText()).send(1, responseText());
    talk.send(0, client({ payload: 'a frame' })).finish();
    const { frames, connections, codes } = await readCapture(pcapOf(packets), {
      limits: { unrecognisedConnections: 2 },
    });
    expect(codes).toEqual(['limit.unrecognised']);
    expect(frames.map(({ connection, frame }) => [connection.stream, frame.payload?.toString()])).toEqual([
      [0, 'a frame'],
    ]);
    expect(connections).toMatchObject([{ handshake: { state: 'accepted' }, end: 'fin' }]);
  });
});

describe('a bomb', () => {
  it('of 1 MB that inflates to 1 GiB is inflated no further than the limit', async () => {
    const part = deflateRawSync(Buffer.alloc(64 * 1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH });
    const bomb = Buffer.concat(each(16, () => part));
    const talk = new Talk().upgrade(DEFLATE).sendAll(0, client({ rsv1: true, payload: bomb }), 60_000);
    talk.send(0, client({ payload: 'after it' }));
    const { messages, codes } = await readCapture(talk.finish().pcap(), { limits: { message: 2 * 1024 * 1024 } });
    expect(bomb.length).toBeGreaterThan(900_000);
    expect(messages[0]?.message.status).toBe('too-large');
    expect(messages[0]?.message.length).toBe(2 * 1024 * 1024);
    expect(messages[0]?.message.payload).toBeUndefined();
    expect(messages[1]?.message.payload?.toString()).toBe('after it');
    expect(codes).toEqual(['limit.message']);
  });
});
