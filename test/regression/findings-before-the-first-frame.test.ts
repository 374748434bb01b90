import { expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { NO_TIME } from '../../src/common/packet-time.js';
import type { Finding } from '../../src/common/finding.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { extensionBits } from '../../src/websocket/extension-bits.js';
import { WebSocketConnection } from '../../src/websocket/websocket-connection.js';
import { moment } from '../support/segments.js';

const FOUND: Finding = { code: 'tcp.overlap-differs', severity: 'warning', message: 'two copies differ' };
const FRAME = encodeFrame({ payload: 'hello there', maskingKey: 0x37fa213d });

/** A connection whose handshake was not captured, and what it tells. */
function lateStart() {
  const held = new HeldBytes(DEFAULT_LIMITS.heldTotal);
  const told: string[] = [];
  const connection = new WebSocketConnection(
    { state: 'not-captured', client: undefined, findings: [] },
    { limits: DEFAULT_LIMITS, held, wish: 'all', deflate: undefined, extensions: extensionBits(undefined) },
    {
      open: () => undefined,
      frame: (_direction, frame) => told.push(`frame ${frame.payload?.toString()}`),
      gap: () => undefined,
      lost: () => undefined,
      finding: (direction, { code, message }) => told.push(`${direction} ${code} ${message}`),
      end: (direction, _how, _at, missing) => told.push(`${direction} lacks ${missing}`),
    },
    NO_TIME,
  );
  return { connection, held, told };
}

it('what is missing before the first frame, and what was found out, is told once the connection is proven', () => {
  const { connection, held, told } = lateStart();
  connection.gap(1, 30, moment(1));
  connection.finding(0, FOUND);
  connection.gap(0, 5, moment(2));
  connection.gap(0, 7, moment(3));
  connection.bytes(0, FRAME, moment(4));
  for (const side of [0, 1] as const) connection.end(side, 'fin', moment(5));
  expect(told).toEqual([
    'server-to-client tcp.gap 30 bytes are missing',
    'client-to-server tcp.overlap-differs two copies differ',
    'client-to-server tcp.gap 12 bytes are missing',
    'frame hello there',
    'client-to-server lacks 12',
    'server-to-client lacks 30',
  ]);
  expect(held.total).toBe(0);
});

it('of a connection that is never proven nothing is told, and nothing is kept', () => {
  const { connection, held, told } = lateStart();
  for (let i = 0; i < 100_000; i++) {
    connection.finding((i & 1) as 0 | 1, FOUND);
    connection.gap((i & 1) as 0 | 1, 10, moment(i));
    if (i % 100 === 0) connection.bytes(0, Buffer.from('827e40', 'hex'), moment(i));
  }
  expect(held.total).toBeLessThan(100_000);
  expect(held.total).toBeGreaterThan(0);
  for (const side of [0, 1] as const) connection.end(side, 'fin', moment(5));
  expect(told).toEqual([]);
  expect(held.total).toBe(0);
});

it('more of them than are kept are counted', () => {
  const { connection, told } = lateStart();
  for (let i = 0; i < 1000; i++) connection.finding(0, FOUND);
  connection.bytes(0, FRAME, moment(1));
  const listed = told.filter((line) => line.includes('overlap-differs')).length;
  expect(listed).toBeGreaterThan(50);
  expect(told.find((line) => line.includes('limit.findings'))).toContain(`${1000 - listed} more findings`);
});
