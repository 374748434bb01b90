import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere } from '../../scripts/needed-program.js';
import { dissect } from '../../src/dissect.js';
import { captureFrames, type CaptureShape } from '../../src/encode/capture-frames.js';
import { encodeMessage } from '../../src/encode/encode-message.js';
import type { ConnectionEvent, DissectEvent, FrameEvent, MessageEvent } from '../../src/events.js';

const KEY = () => Buffer.from('37fa213d', 'hex');
const SHAPE: CaptureShape = { from: 'client', deflate: false, maskingKey: KEY, startSeconds: 1_449_284_400 };

let folder: string;

beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function events(capture: Buffer): Promise<DissectEvent[]> {
  const all: DissectEvent[] = [];
  for await (const event of dissect([capture])) all.push(event);
  return all;
}

function tshark(capture: Buffer, ...options: string[]): string {
  const file = join(folder, 'capture.pcap');
  writeFileSync(file, capture);
  const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
  return execFileSync('tshark', ['-r', file, ...checks, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const hasTshark = await isThere('tshark');
const LONG = Buffer.alloc(100_000, 'a long text that takes many segments, ');

describe('a written capture', () => {
  it('holds an accepted handshake, the message, and a close that is answered', async () => {
    const frames = encodeMessage({ payload: Buffer.from('ma2saka'), maskingKey: KEY });
    const all = await events(captureFrames(frames, SHAPE));
    const connection = all.find((event): event is ConnectionEvent => event.type === 'connection')!;
    expect(connection).toMatchObject({ closeCode: 1000, closedBy: 'client', end: 'fin', findings: [] });
    expect(connection.handshake).toMatchObject({ state: 'accepted', url: 'ws://server.example/' });
    expect(all.filter(({ type }) => type === 'finding')).toEqual([]);
    const said = all.filter((event): event is MessageEvent => event.type === 'message');
    expect(
      said.map(({ direction, message }) => [direction, message.opcode, message.payload?.toString('latin1')]),
    ).toEqual([
      ['client-to-server', 1, 'ma2saka'],
      ['client-to-server', 8, '\x03\xe8'],
      ['server-to-client', 8, '\x03\xe8'],
    ]);
  });

  it('begins at the time that is asked for', async () => {
    const all = await events(captureFrames(encodeMessage({ payload: Buffer.from('a') }), { ...SHAPE, from: 'server' }));
    expect(all.find(({ type }) => type === 'frame')).toMatchObject({
      type: 'frame',
      frame: { at: { seconds: 1_449_284_400, precision: 6 } },
    });
  });

  it('lets the other side answer a close that is among the frames', async () => {
    const frames = encodeMessage({ opcode: 8, payload: Buffer.from('03e9', 'hex') });
    const all = await events(captureFrames(frames, { ...SHAPE, from: 'server' }));
    const closes = all.filter((event): event is FrameEvent => event.type === 'frame');
    expect(closes.map(({ direction, frame }) => [direction, frame.opcode])).toEqual([
      ['server-to-client', 8],
      ['client-to-server', 8],
    ]);
  });

  it('agrees on compression where the message is compressed', async () => {
    const frames = encodeMessage({ payload: LONG, maskingKey: KEY, deflate: true, fragmentLength: 100 });
    const all = await events(captureFrames(frames, { ...SHAPE, deflate: true }));
    const [said] = all.filter((event): event is MessageEvent => event.type === 'message');
    expect(said!.message.payload?.equals(LONG)).toBe(true);
    expect(all.filter(({ type }) => type === 'finding')).toEqual([]);
  });

  it.runIf(hasTshark)('is opened by tshark without a warning, with right checksums', () => {
    const capture = captureFrames(encodeMessage({ payload: LONG, maskingKey: KEY }), SHAPE);
    const experts = tshark(capture, '-q', '-z', 'expert');
    expect(experts).toContain('Connection establish request');
    expect(experts).not.toMatch(/^(?:Errors|Warns)/m);
    const statuses = tshark(capture, '-T', 'fields', '-e', 'tcp.checksum.status', '-e', 'ip.checksum.status');
    expect(new Set(statuses.trim().split('\n'))).toEqual(new Set(['1\t1']));
  });

  it.runIf(hasTshark)('is read by tshark as what was encoded', () => {
    const capture = captureFrames(encodeMessage({ payload: Buffer.from('ma2saka'), maskingKey: KEY }), SHAPE);
    expect(tshark(capture, '-Y', 'websocket', '-T', 'fields', '-e', 'websocket.opcode', '-e', 'text')).toContain(
      'ma2saka',
    );
  });
});
