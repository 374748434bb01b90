import { formatTime } from '../common/packet-time.js';
import { closeBody, closeCodeName } from '../websocket/close.js';
import { decodeUtf8 } from '../output/sanitize.js';
import { safeJson } from '../output/json/safe-json.js';
import { CLOSE, opcodeName, TEXT } from '../websocket/frame.js';
import { hexOf } from './diagram.js';
import { bitsOf, frameFields, hexOfField } from './frame-fields.js';
import type { Field } from './header-fields.js';
import { findingsOf, neededBytes, remarkOnCut, remarksOn } from './remarks.js';
import { isWhole, type CutFrame, type ShownFrame } from './shown-frame.js';
import { payloadBytes } from './wire-payload.js';

/** A member of a record; what does not apply is `undefined`, and is then left out. */
type Members = Record<string, unknown>;

/**
 * A frame, explained as one line of JSON.
 *
 * @param bytes - payload bytes that are unmasked one by one
 * @returns the line with its line end; nothing in it can do harm on a terminal
 */
export function explanationJson(shown: ShownFrame | CutFrame, bytes: number): string {
  return `${safeJson(isWhole(shown) ? members(shown, bytes) : cutMembers(shown))}\n`;
}

function members(shown: ShownFrame, bytes: number): Members {
  const { frame, connection, header, direction } = shown;
  const findings = findingsOf(shown);
  return {
    type: 'explanation',
    number: shown.number,
    ...(connection === undefined
      ? {}
      : {
          packet: frame.at.packet,
          time: formatTime(frame.at),
          stream: connection.stream,
          http2Stream: connection.http2Stream,
          client: connection.client,
          server: connection.server,
        }),
    direction,
    directionByMask: shown.isDirectionByMask ? true : undefined,
    offset: frame.offset,
    header: header.toString('hex'),
    headerLength: frame.headerLength,
    payloadLength: exact(frame.payloadLength),
    opcode: frame.opcode,
    opcodeName: opcodeName(frame.opcode),
    fields: frameFields(shown).map((field) => fieldMembers(shown, field)),
    unmasking: unmaskingMembers(shown, bytes),
    ...payloadMembers(shown),
    status: frame.status,
    missing: frame.status === 'ok' ? undefined : exact(frame.missing),
    needed: exact(neededBytes(shown)),
    following: shown.following === 0 ? undefined : shown.following,
    remarks: remarksOn(shown),
    findings:
      findings.length === 0
        ? undefined
        : findings.map(({ code, severity, rfc, message }) => ({ code, severity, rfc, message })),
  };
}

function fieldMembers({ header }: ShownFrame, field: Field): Members {
  const isHeader = field.kind !== 'payload';
  return {
    name: field.name,
    offset: field.bit >>> 3,
    bit: field.bit & 7,
    bits: exact(field.bits),
    binary: isHeader ? bitsOf(header, field) : undefined,
    hex: isHeader ? hexOfField(header, field) : undefined,
    value: field.value,
    meaning: field.meaning,
    rfc: field.rfc,
  };
}

function unmaskingMembers({ frame }: ShownFrame, bytes: number): Members[] | undefined {
  if (!frame.mask) return undefined;
  return payloadBytes(frame, bytes).flatMap((byte, index) =>
    byte?.key === undefined
      ? []
      : [{ index, masked: hexOf(byte.wire), key: hexOf(byte.key), plain: hexOf(byte.plain) }],
  );
}

function payloadMembers({ frame, message }: ShownFrame): Members {
  const { payload } = frame;
  if (payload === undefined) return {};
  const body = closeBody(frame);
  if (frame.opcode === CLOSE && body !== undefined) {
    const reason = !body.isWhole || body.reason.length === 0 ? undefined : decodeUtf8(body.reason);
    return { closeCode: body.code, closeCodeName: closeCodeName(body.code), closeReason: reason };
  }
  const isText = frame.messageOpcode === TEXT && !frame.compressed && frame.status === 'ok';
  return { ...content(payload, isText), message: message === undefined ? undefined : messageMembers(message) };
}

function messageMembers(message: NonNullable<ShownFrame['message']>): Members {
  const { opcode, frames, compressed, wireLength, length, status, payload, isText } = message;
  const isMore = compressed || frames > 1;
  return {
    opcode,
    opcodeName: opcodeName(opcode),
    frames,
    compressed,
    wireLength: exact(wireLength),
    length: exact(length),
    ...(isMore && payload !== undefined && status === 'ok' ? content(payload, isText) : {}),
    status,
  };
}

/** Bytes as text where they are that, else in base64. */
function content(bytes: Buffer, isText: boolean): Members {
  if (bytes.length === 0) return {};
  const text = isText ? bytes.toString('utf8') : undefined;
  return text !== undefined && Buffer.from(text, 'utf8').equals(bytes)
    ? { text }
    : { base64: bytes.toString('base64') };
}

function cutMembers(cut: CutFrame): Members {
  const { number, offset, bytes, needed } = cut;
  return {
    type: 'explanation',
    number,
    offset,
    header: bytes.toString('hex'),
    status: 'truncated',
    needed,
    remarks: [remarkOnCut(cut)],
  };
}

/** A number above 2^53 as its digits, since readers of JSON cannot hold it. */
function exact(value: number | bigint | undefined): number | string | undefined {
  return typeof value === 'bigint' ? String(value) : value;
}
