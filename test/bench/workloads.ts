import { deflateRawSync, constants } from 'node:zlib';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { Talk, type UpgradeFields, requestText, responseText } from '../hostile/talk.js';
import { RSA } from '../tls/certificates.js';
import { record, send } from '../tls/recording.js';

/** A command whose time is taken. */
export type Command = 'frames' | 'messages' | 'connections';

/** A capture to be timed: the same bytes on every machine, save those of TLS. */
export interface Workload {
  /** The letter of the table. */
  readonly key: string;
  readonly about: string;
  /** Bytes of the whole capture. */
  readonly megabytes: number;
  /**
   * Commands that are timed, `frames` where this is not given. tshark inflates what is compressed, so the work that is
   * equal to its is that of `messages`.
   */
  readonly commands?: readonly Command[];
  /** The packets; as many as make so many bytes. */
  packets(bytes: number): Iterable<Uint8Array> | Promise<{ packets: Iterable<Uint8Array>; keyLog: string }>;
}

const SEGMENT = 1448;
const RECORD_HEADER = 16;
/** Client frames of a connection for each acknowledgment without data, as a busy connection has them. */
const ACKNOWLEDGED_AFTER = 4;
/** Full segments for each acknowledgment (RFC 1122 section 4.2.3.2). */
const SEGMENTS_ACKNOWLEDGED = 2;

/** Numbers that look random and are the same in every run. */
class Numbers {
  #state = 20_261_122;

  /** The next one, from 0 up to and without `below`. */
  next(below: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * below);
  }

  get key(): number {
    return this.next(2 ** 32);
  }
}

const SYMBOLS = ['EUR/USD', 'MSFT', 'TSLA', 'BTC-EUR', '6758.T'];
const WORDS = ['order', 'filled', 'partially', 'cancelled', 'market', 'limit', 'stop', 'session', 'opened', 'closed'];

/** A message of 60 to 200 bytes of JSON. */
function tick(numbers: Numbers, id: number): string {
  let note = WORDS[numbers.next(WORDS.length)]!;
  for (let more = numbers.next(16); more > 0; more--) note += ` ${WORDS[numbers.next(WORDS.length)]}`;
  return JSON.stringify({ id, symbol: SYMBOLS[numbers.next(SYMBOLS.length)], price: numbers.next(1e6) / 100, note });
}

/**
 * Packets of connections that take turns, until they are long enough together.
 *
 * @param turn - what a connection does when it is its turn; `round` counts the turns of that connection
 */
function* turns(
  bytes: number,
  count: number,
  fields: UpgradeFields,
  turn: (talk: Talk, index: number, round: number) => void,
): Generator<Uint8Array> {
  const packets: Buffer[] = [];
  const talks = Array.from({ length: count }, (_, index) => new Talk(index, packets));
  let length = 0;
  for (let index = -count; length < bytes; index++) {
    if (index < 0) talks[index + count]!.upgrade(fields);
    else turn(talks[index % count]!, index, Math.floor(index / count));
    for (const packet of packets.splice(0)) {
      length += packet.length + RECORD_HEADER;
      yield packet;
    }
  }
}

function smallFrames(bytes: number, connections: number): Generator<Uint8Array> {
  const numbers = new Numbers();
  return turns(bytes, connections, {}, (talk, index, round) => {
    talk.send(0, encodeFrame({ payload: tick(numbers, index), maskingKey: numbers.key }));
    acknowledge(talk, round);
  });
}

/**
 * Every connection is acknowledged: what analyses sequence numbers keeps all that is not, and must not be made to look
 * slow by a list that grows for ever.
 */
function acknowledge(talk: Talk, round: number): void {
  if (round % ACKNOWLEDGED_AFTER === 0) talk.acknowledge(1);
}

function largeFrames(bytes: number): Generator<Uint8Array> {
  const numbers = new Numbers();
  const body = Buffer.from(Array.from({ length: 1 << 20 }, () => numbers.next(256)));
  return turns(bytes, 4, {}, (talk, _index, round) => {
    const payload = body.subarray(0, 65_536 + numbers.next((1 << 20) - 65_536));
    const side = round % 2 === 0 ? 0 : 1;
    const frame = encodeFrame(side === 0 ? { opcode: 2, payload, maskingKey: numbers.key } : { opcode: 2, payload });
    for (let at = 0; at < frame.length; at += SEGMENTS_ACKNOWLEDGED * SEGMENT) {
      talk.sendAll(side, frame.subarray(at, at + SEGMENTS_ACKNOWLEDGED * SEGMENT), SEGMENT);
      talk.acknowledge(side === 0 ? 1 : 0);
    }
  });
}

/** Messages compressed with context takeover: each one with the last KiB of text as its dictionary. */
function compressed(bytes: number): Generator<Uint8Array> {
  const numbers = new Numbers();
  const windows = new Map<Talk, Buffer>();
  const fields = { offered: 'permessage-deflate', extensions: 'permessage-deflate' };
  return turns(bytes, 20, fields, (talk, index, round) => {
    const text = Buffer.from(tick(numbers, index));
    const dictionary = windows.get(talk) ?? Buffer.alloc(0);
    const deflated = deflateRawSync(text, { level: 1, finishFlush: constants.Z_SYNC_FLUSH, dictionary });
    windows.set(talk, Buffer.concat([dictionary, text]).subarray(-1024));
    const payload = deflated.subarray(0, -4);
    talk.send(0, encodeFrame({ rsv1: true, payload, maskingKey: numbers.key }));
    acknowledge(talk, round);
  });
}

/** Small frames inside TLS 1.3 between node's own client and server, one connection after the other. */
async function insideTls(bytes: number): Promise<{ packets: Iterable<Uint8Array>; keyLog: string }> {
  const numbers = new Numbers();
  const packets: Uint8Array[] = [];
  let keyLog = '';
  let length = 0;
  for (let connection = 0; length < bytes; connection++) {
    const recording = await record(RSA, { minVersion: 'TLSv1.3' }, async (client, server) => {
      await send(client, server, Buffer.from(requestText()));
      await send(server, client, Buffer.from(responseText()));
      for (let index = 0; index < 5000; index++) {
        await send(client, server, encodeFrame({ payload: tick(numbers, index), maskingKey: numbers.key }));
      }
    });
    const before = packets.length;
    const talk = new Talk(connection, packets as Buffer[]).open();
    for (const [round, { side, bytes: sent }] of recording.wire.entries()) {
      talk.sendAll(side, sent, SEGMENT);
      if (side === 0) acknowledge(talk, round);
    }
    talk.finish();
    keyLog += recording.keyLog;
    for (const packet of packets.slice(before)) length += packet.length + RECORD_HEADER;
  }
  return { packets, keyLog };
}

/** What is timed, in the order of the table. */
export const WORKLOADS: readonly Workload[] = [
  {
    key: 'a',
    about: 'small masked text frames, 20 connections',
    megabytes: 200,
    packets: (bytes) => smallFrames(bytes, 20),
  },
  { key: 'b', about: 'frames of 64 KB to 1 MB', megabytes: 200, packets: largeFrames },
  {
    key: 'c',
    about: 'permessage-deflate with context takeover',
    megabytes: 100,
    commands: ['messages', 'frames'],
    packets: compressed,
  },
  { key: 'd', about: 'small frames, 5,000 connections', megabytes: 100, packets: (bytes) => smallFrames(bytes, 5000) },
  { key: 'f', about: 'small frames inside TLS 1.3, with a key log', megabytes: 20, packets: insideTls },
];
