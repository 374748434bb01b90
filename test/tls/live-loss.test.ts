import { beforeAll, describe, expect, it } from 'vitest';
import type { KeyLog } from '../../src/tls/key-log/key-log.js';
import { RSA } from './certificates.js';
import { keyLogOf, moment, record, send, stageWith, type Collected, type Recording } from './recording.js';

const MESSAGES = Array.from({ length: 12 }, (_, index) => `message number ${index} of the client; `);

const KINDS = {
  'TLS 1.3 AES-GCM': { suite: 'TLS_AES_128_GCM_SHA256', version: 'TLSv1.3', options: 0 },
  'TLS 1.3 ChaCha20': { suite: 'TLS_CHACHA20_POLY1305_SHA256', version: 'TLSv1.3', options: 0 },
  'TLS 1.2 AES-GCM': { suite: 'ECDHE-RSA-AES128-GCM-SHA256', version: 'TLSv1.2', options: 0 },
  'TLS 1.2 ChaCha20': { suite: 'ECDHE-RSA-CHACHA20-POLY1305', version: 'TLSv1.2', options: 0 },
  'TLS 1.2 CBC, encrypt-then-MAC': { suite: 'ECDHE-RSA-AES128-SHA256', version: 'TLSv1.2', options: 0 },
  'TLS 1.2 CBC, MAC-then-encrypt': { suite: 'ECDHE-RSA-AES128-SHA256', version: 'TLSv1.2', options: 0x8_0000 },
  'TLS 1.0 CBC, encrypt-then-MAC': { suite: 'ECDHE-RSA-AES128-SHA', version: 'TLSv1', options: 0 },
  'TLS 1.0 CBC, MAC-then-encrypt': { suite: 'ECDHE-RSA-AES128-SHA', version: 'TLSv1', options: 0x8_0000 },
} as const;

type Kind = keyof typeof KINDS;
const ALL = Object.keys(KINDS) as Kind[];
const recordings = new Map<Kind, Recording>();

beforeAll(async () => {
  for (const kind of ALL) {
    const { suite, version, options } = KINDS[kind];
    const tls = {
      ciphers: `${suite}:AES128-SHA:@SECLEVEL=0`,
      minVersion: version,
      maxVersion: version,
      secureOptions: options,
    };
    const recording = await record({ ...tls, ...RSA }, tls, async (client, server) => {
      for (const message of MESSAGES) await send(client, server, Buffer.from(message));
    });
    recordings.set(kind, recording);
  }
});

/** Places of the client's records with data: the last ones before the alert that ends it. */
function clientRecords(kind: Kind): Buffer[] {
  const bytes = Buffer.concat(
    recordings
      .get(kind)!
      .wire.filter(({ side }) => side === 0)
      .map((sent) => sent.bytes),
  );
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    found.push(bytes.subarray(at, end));
    at = end;
  }
  return found;
}

type Piece = Buffer | number | undefined;

/** Plays the server's side whole, and the client's as these pieces: a number is a gap of so many bytes. */
function play(kind: Kind, pieces: readonly Piece[], keys?: KeyLog): Collected {
  const { wire, keyLog } = recordings.get(kind)!;
  const { stage, got } = stageWith(keys ?? keyLogOf(keyLog));
  for (const { side, bytes } of wire) if (side === 1) stage.bytes(1, bytes, moment(1));
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) stage.bytes(0, piece, moment(2));
    else stage.gap(0, piece, moment(2));
  }
  stage.end(0, 'fin', moment(3));
  stage.end(1, 'fin', moment(3));
  return got;
}

/** Index of the record that has a message: the last record but one (TLS 1.3, 1.2) is the last message. */
function dataIndex(kind: Kind, message: number): number {
  const perMessage = clientRecords(kind).filter(([type]) => type === 23).length;
  const alert = KINDS[kind].version === 'TLSv1.3' ? 1 : 0;
  const dataRecords = clientRecords(kind)
    .map((bytes, index) => ({ type: bytes[0], index }))
    .filter(({ type }) => type === 23)
    .map(({ index }) => index);
  // TLS 1.0 sends an empty record or one byte in front of each message, against an attack on its vectors.
  const split = (perMessage - alert) / MESSAGES.length >= 2 ? 2 : 1;
  const first = dataRecords.length - alert - MESSAGES.length * split;
  return dataRecords[first + message * split + (split - 1)]!;
}

const without = (...lost: number[]): string => MESSAGES.filter((_, index) => !lost.includes(index)).join('');

describe.each(ALL)('%s', (kind) => {
  it('goes on behind a record that is missing whole', () => {
    const records = clientRecords(kind);
    const at = dataIndex(kind, 4);
    const pieces: Piece[] = records.map((bytes, index) => (index === at ? bytes.length : bytes));
    const got = play(kind, pieces);
    // With an implicit vector the next record cannot be opened either: it may carry data or not.
    expect([without(4), without(4, 5)]).toContain(got.text(0));
    expect(got.events.filter((event) => event.startsWith('gap'))).toEqual(['gap 0 ?']);
    expect(got.findings.map(({ code }) => code)).toContain('tls.gap');
  });

  it('goes on behind many missing records, whose number nobody knows', () => {
    const records = clientRecords(kind);
    const pieces = [...records.slice(0, dataIndex(kind, 2)), undefined, ...records.slice(dataIndex(kind, 8) + 1)];
    const got = play(kind, pieces);
    expect([without(2, 3, 4, 5, 6, 7, 8), without(2, 3, 4, 5, 6, 7, 8, 9)]).toContain(got.text(0));
    expect(got.events.filter((event) => event.startsWith('gap'))).toEqual(['gap 0 ?']);
  });

  it('finds the next record behind a gap that ends inside one', () => {
    const records = clientRecords(kind);
    const at = dataIndex(kind, 3);
    const [lost, cut] = [records[at]!, Buffer.concat(records.slice(at + 1))];
    const got = play(kind, [...records.slice(0, at), lost.length + 9, cut.subarray(9)]);
    expect(MESSAGES.slice(6).every((message) => got.text(0).includes(message))).toBe(true);
    expect(got.text(0).startsWith(MESSAGES.slice(0, 3).join(''))).toBe(true);
    expect(got.text(0)).not.toContain(MESSAGES[3]);
  });

  it('goes on at the next record where the gap lies inside one whose header was captured', () => {
    const records = clientRecords(kind);
    const at = dataIndex(kind, 5);
    const whole = records[at]!;
    const pieces: Piece[] = records.flatMap((bytes, index) =>
      index === at ? [whole.subarray(0, 8), 10, whole.subarray(18)] : [bytes],
    );
    const got = play(kind, pieces);
    expect([without(5), without(5, 6)]).toContain(got.text(0));
    const exact = kind === 'TLS 1.2 AES-GCM' || kind === 'TLS 1.2 ChaCha20' ? `${MESSAGES[5]!.length}` : '?';
    expect(got.events.filter((event) => event.startsWith('gap'))).toEqual([`gap 0 ${exact}`]);
  });

  it('passes nothing on of a record that was changed, and goes on behind it', () => {
    const records = clientRecords(kind);
    const at = dataIndex(kind, 7);
    const pieces = records.map((bytes, index) => (index === at ? flipLastBit(bytes) : bytes));
    const got = play(kind, pieces);
    expect([without(7), without(7, 8)]).toContain(got.text(0));
    expect(got.findings.map(({ code }) => code)).toContain('tls.bad-record');
    expect(got.events.some((event) => event.startsWith('gap 0'))).toBe(true);
  });

  it('says that the last record was cut', () => {
    const records = clientRecords(kind);
    const at = dataIndex(kind, 6);
    const got = play(kind, [...records.slice(0, at), records[at]!.subarray(0, 20)]);
    expect(got.text(0)).toBe(MESSAGES.slice(0, 6).join(''));
    expect(got.findings.map(({ code }) => code)).toEqual(['tls.gap']);
    expect(got.events.filter((event) => event.startsWith('gap'))).toHaveLength(1);
  });

  it('says how many bytes were not matched to a record behind the last gap', () => {
    const records = clientRecords(kind);
    const at = dataIndex(kind, 6);
    const got = play(kind, [...records.slice(0, at), undefined, Buffer.alloc(77, 0x55)]);
    expect(got.text(0)).toBe(MESSAGES.slice(0, 6).join(''));
    expect(got.findings.map(({ message }) => message)).toEqual([
      'records were not captured whole',
      'the last 77 bytes could not be matched to a record',
    ]);
  });

  it('goes on behind bytes that are no record', () => {
    const records = clientRecords(kind);
    const at = dataIndex(kind, 6);
    const got = play(kind, [...records.slice(0, at), Buffer.from('not TLS at all'), ...records.slice(at)]);
    expect(MESSAGES.slice(8).every((message) => got.text(0).includes(message))).toBe(true);
    expect(got.findings.map(({ code }) => code)).toEqual(['tls.malformed']);
  });

  it('is not captured where the capture begins behind the handshake', () => {
    const { stage, got } = stageWith(keyLogOf(recordings.get(kind)!.keyLog), { beginning: () => false });
    const records = clientRecords(kind).slice(dataIndex(kind, 3));
    for (const bytes of records) stage.bytes(0, bytes, moment(1));
    stage.end(0, 'capture', moment(2));
    stage.end(1, 'capture', moment(2));
    const data = records.filter(([type]) => type === 23).reduce((sum, { length }) => sum + length, 0);
    expect(got.made).toBe(0);
    expect(got.reported.map(({ code, message }) => [code, message])).toEqual([
      ['tls.not-captured', `the ClientHello was not captured: ${data} bytes stayed encrypted`],
    ]);
  });

  it('is found again where the records that change keys are missing', () => {
    const records = clientRecords(kind);
    const got = play(kind, [records[0]!, undefined, ...records.slice(dataIndex(kind, 1))]);
    expect([without(0), without(0, 1)]).toContain(got.text(0));
  });
});

function flipLastBit(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[changed.length - 1]! ^= 1;
  return changed;
}
