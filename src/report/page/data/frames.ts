import { NO_TIME } from '../../../common/packet-time.js';
import type { ShownFrame } from '../../../explain/shown-frame.js';
import { decodeFrameHeader } from '../../../websocket/frame-header.js';
import { CLOSE, type Frame } from '../../../websocket/frame.js';
import type { FrameDetail } from '../../lines.js';
import type { Row } from './model.js';
import { asBuffer, PageBytes } from './page-bytes.js';

/** A frame of a message, as the page has it. */
export interface PageFrame {
  readonly shown: ShownFrame;
  /** Its payload, unmasked; `undefined` where it is not on the page. */
  readonly payload: PageBytes | undefined;
  /** All of its payload is there. */
  readonly isWhole: boolean;
}

/** The bytes of a message, gaps left out; `undefined` where they are not known. */
export function bytesOf({ record }: Row): PageBytes | undefined {
  if (record.text !== undefined) return PageBytes.fromText(record.text);
  if (record.base64 !== undefined) return PageBytes.fromBase64(record.base64);
  if (record.opcode === CLOSE && record.closeCode !== undefined) {
    const reason = PageBytes.fromText(record.closeReason ?? '');
    const bytes = new PageBytes(2 + reason.length);
    bytes.set([record.closeCode >>> 8, record.closeCode & 0xff]);
    bytes.set(reason, 2);
    return bytes;
  }
  return Number(record.wireLength) === 0 ? new PageBytes(0) : undefined;
}

/** The frames of a message. What the record has of them is not stored twice. */
export function framesOf(row: Row): PageFrame[] {
  const all = bytesOf(row);
  let at = 0;
  return row.detail.f.map((detail, index) => {
    const header = PageBytes.fromHex(typeof detail === 'string' ? detail : detail.h);
    const frame = decodeFrameHeader(asBuffer(header), 0)!;
    const length = Number(frame.payloadLength);
    const own = ownPayload(row, detail);
    const payload = own ?? (needsOwn(row) ? undefined : all?.subarray(at, at + length));
    at += length;
    const gaps = (typeof detail === 'string' ? [] : (detail.g ?? [])).map(([offset, size]) => ({
      offset,
      length: size,
    }));
    const isCut = payload !== undefined && gaps.length === 0 && payload.length < length;
    return {
      shown: shownFrame(row, { header, frame, payload, index, gaps: isCut ? cutAfter(payload.length, length) : gaps }),
      payload: payload as PageBytes | undefined,
      isWhole: payload?.length === length,
    };
  });
}

/** The record has the message, and not what was sent: its frames bring their bytes. */
function needsOwn({ record }: Row): boolean {
  return record.compressed || record.status !== 'ok';
}

function ownPayload(row: Row, detail: FrameDetail): PageBytes | undefined {
  if (typeof detail === 'string' || detail.p === undefined || !needsOwn(row)) return undefined;
  return PageBytes.fromBase64(detail.p);
}

/** What is not on the page is not known to it. */
function cutAfter(kept: number, length: number): Frame['gaps'] {
  return [{ offset: kept, length: length - kept }];
}

function shownFrame(
  row: Row,
  parts: {
    readonly header: PageBytes;
    readonly frame: NonNullable<ReturnType<typeof decodeFrameHeader>>;
    readonly payload: Uint8Array | undefined;
    readonly index: number;
    readonly gaps: Frame['gaps'];
  },
): ShownFrame {
  const { header, frame, payload, index, gaps } = parts;
  const { fin, rsv1, rsv2, rsv3, opcode, mask, payloadLength, maskingKey, headerLength } = frame;
  const { record } = row;
  return {
    number: index + 1,
    header: asBuffer(header),
    frame: {
      ...{ fin, rsv1, rsv2, rsv3, opcode, mask, payloadLength, maskingKey, headerLength },
      at: { ...NO_TIME, packet: record.packet ?? 0 },
      offset: 0,
      payload: payload as Buffer | undefined,
      status: gaps.length === 0 ? 'ok' : 'gap',
      missing: gaps.reduce((sum, gap) => sum + gap.length, 0),
      gaps,
      messageOpcode: record.opcode,
      compressed: record.compressed,
      coded: record.compressed,
      findings: [],
    },
    direction: record.direction,
    isDirectionByMask: false,
    connection: row.connection.open,
    message: undefined,
    inflatedBefore: undefined,
    following: 0,
  } as ShownFrame;
}
