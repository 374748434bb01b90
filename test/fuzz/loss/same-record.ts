import type { PrintedRecord } from './reading.js';

const FRAME_HEADER = [
  'http2Stream',
  'fin',
  'rsv1',
  'rsv2',
  'rsv3',
  'opcode',
  'opcodeName',
  'mask',
  'payloadLength',
  'maskingKey',
];
const CONTENT = ['text', 'base64', 'closeCode', 'closeReason'];
const MESSAGE = ['http2Stream', 'opcode', 'opcodeName', 'frames', 'compressed', 'wireLength', 'length', ...CONTENT];

/** Whether a printed frame is this one: all of it where it is whole, else its header and the bytes that are shown. */
export function frameAgrees(printed: PrintedRecord, sent: PrintedRecord): boolean {
  if (FRAME_HEADER.some((name) => printed[name] !== sent[name])) return false;
  // What a continuation continues may be lost, and with it that its bytes are text.
  if (printed.status === 'ok') return payloadOf(printed)?.toString('hex') === payloadOf(sent)?.toString('hex');
  return isPart(printed, payloadOf(sent), Number(sent['payloadLength']));
}

/** Whether a printed message is this one. */
export function messageAgrees(printed: PrintedRecord, sent: PrintedRecord): boolean {
  if (printed.status === sent.status && sent.status !== 'ok') {
    if (MESSAGE.every((name) => printed[name] === sent[name])) return true;
  }
  if (printed.status === 'ok') return MESSAGE.every((name) => printed[name] === sent[name]);
  if (printed['http2Stream'] !== sent['http2Stream']) return false;
  // Of a message whose beginning is missing nobody knows the opcode.
  if (printed['opcode'] !== sent['opcode'] && printed['opcode'] !== 0) return false;
  if (Number(printed['wireLength']) > Number(sent['wireLength'])) return false;
  if (Number(printed['frames']) > Number(sent['frames'])) return false;
  if (printed['closeCode'] !== undefined && printed['closeCode'] !== sent['closeCode']) return false;
  const isWhole = printed['wireLength'] === sent['wireLength'];
  return isPart(
    printed,
    sent['compressed'] === true ? undefined : payloadOf(sent),
    isWhole ? Number(sent['wireLength']) : undefined,
  );
}

interface Gap {
  readonly offset: number;
  readonly length: number;
}

/** Whether the bytes that are shown stand in the payload, at their places where its length is known. */
function isPart(printed: PrintedRecord, payload: Buffer | undefined, length: number | undefined): boolean {
  const shown = payloadOf(printed);
  if (shown === undefined || payload === undefined) return true;
  const gaps = (printed['gaps'] ?? []) as readonly Gap[];
  let at = 0;
  let taken = 0;
  for (const gap of [...gaps, { offset: shown.length + gaps.reduce((sum, one) => sum + one.length, 0), length: 0 }]) {
    const run = shown.subarray(taken, taken + Math.max(0, gap.offset - at));
    taken += run.length;
    const isThere =
      length === payload.length ? payload.subarray(at, at + run.length).equals(run) : payload.includes(run);
    if (!isThere) return false;
    at = gap.offset + gap.length;
  }
  return true;
}

/** The payload of a record as bytes; `undefined` where it shows none. */
function payloadOf(record: PrintedRecord): Buffer | undefined {
  const { text, base64, closeCode, closeReason } = record;
  if (typeof text === 'string') return Buffer.from(text);
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  if (closeCode === undefined) return undefined;
  const code = Buffer.alloc(2);
  code.writeUInt16BE(Number(closeCode));
  return Buffer.concat([code, Buffer.from(typeof closeReason === 'string' ? closeReason : '')]);
}
