import type { FindingCode } from '../../common/finding-codes.js';
import type { Finding } from '../../common/finding.js';
import type { MessageEvent } from '../../events.js';
import type { Handshake, HttpHead } from '../../http/handshake.js';
import { textCut } from '../../output/text/text-payload.js';
import { TEXT, type Frame } from '../../websocket/frame.js';
import { headerBytes } from '../../websocket/header-bytes.js';

/**
 * Some captured bytes that a finding is about.
 *
 * @beta
 */
export interface Evidence {
  /** What they are: `header`, `payload`, `request`, `response`. */
  readonly name: string;
  /** The bytes in hexadecimal, without spaces; absent for lines of HTTP. */
  readonly hex?: string;
  /** The same bytes, where they ought to be text. */
  readonly bytes?: Buffer;
  /** A line of HTTP. Not safe to print. */
  readonly line?: string;
  /** Bytes that are not shown. */
  readonly more: number;
}

/** Characters of one line of HTTP that are kept. */
const LONGEST_LINE = 300;
/** Lines of HTTP that one finding shows. */
const MOST_LINES = 6;

/** No evidence: what was not captured cannot be shown. */
export const NO_EVIDENCE: readonly Evidence[] = [];

/**
 * The header of a frame, byte by byte, and the beginning of its unmasked payload.
 *
 * @param most - bytes of payload that are shown
 */
export function frameEvidence(frame: Frame, most: number): readonly Evidence[] {
  const header = { name: 'header', hex: headerBytes(frame).toString('hex'), more: 0 };
  if (frame.payload === undefined || frame.payload.length === 0) return [header];
  const isText = frame.messageOpcode === TEXT && !frame.compressed;
  return [header, payloadEvidence(frame.payload, isText, most)];
}

/** What a message says, and the frame that completed it. */
export function messageEvidence({ message, completedBy: frame }: MessageEvent, most: number): readonly Evidence[] {
  const evidence = frame === undefined ? [] : [...frameEvidence(frame, most)];
  const isShown = frame !== undefined && message.frames === 1 && !message.compressed;
  if (isShown || message.payload === undefined || message.payload.length === 0) return evidence;
  return [...evidence, { ...payloadEvidence(message.payload, message.opcode === TEXT, most), name: 'message' }];
}

/** The lines of the handshake that a finding about it speaks of. */
export function handshakeEvidence({ code, direction }: Finding, handshake: Handshake): readonly Evidence[] {
  const names = HANDSHAKE_FIELDS[code];
  if (names === undefined) return NO_EVIDENCE;
  // What is missing is missing on one side; what does not fit together is on both.
  const isOneSided = code === 'handshake.missing-header';
  const request = isOneSided && direction === 'server-to-client' ? undefined : handshake.request;
  const response = isOneSided && direction === 'client-to-server' ? undefined : handshake.response;
  const lines = [...headLines('request', request, names), ...headLines('response', response, names)];
  return lines.slice(0, MOST_LINES);
}

function payloadEvidence(payload: Buffer, isText: boolean, most: number): Evidence {
  // A copy: a view of a few bytes would keep a whole read buffer alive until the report is printed.
  const bytes = Buffer.from(payload.subarray(0, most));
  const evidence = { name: 'payload', hex: bytes.toString('hex'), more: payload.length - bytes.length };
  return isText ? { ...evidence, bytes: bytes.subarray(0, textCut(payload, most)) } : evidence;
}

/** Field names, in lower case, that a finding about the handshake is about; no name stands for the start line. */
const HANDSHAKE_FIELDS: Partial<Record<FindingCode, readonly string[]>> = {
  'handshake.bad-method': [''],
  'handshake.missing-header': ['', 'host', 'upgrade', 'connection', 'sec-websocket-version'],
  'handshake.missing-key': ['', 'sec-websocket-key'],
  'handshake.bad-key': ['sec-websocket-key'],
  'handshake.wrong-version': ['sec-websocket-version'],
  'handshake.missing-accept': ['sec-websocket-key', '', 'sec-websocket-accept'],
  'handshake.wrong-accept': ['sec-websocket-key', 'sec-websocket-accept'],
  'handshake.extension-not-offered': ['sec-websocket-extensions'],
  'handshake.bad-extensions': ['sec-websocket-extensions'],
  'handshake.bad-parameter': ['sec-websocket-extensions'],
  'handshake.subprotocol-not-offered': ['sec-websocket-protocol'],
};

function headLines(name: string, head: HttpHead | undefined, names: readonly string[]): Evidence[] {
  if (head === undefined) return [];
  const lines = names.includes('') ? [head.startLine] : [];
  for (const [field, value] of head.fields) {
    if (names.includes(field.toLowerCase())) lines.push(`${field}: ${value}`);
  }
  return lines.map((line) => {
    const more = Math.max(0, line.length - LONGEST_LINE);
    return { name, line: line.slice(0, LONGEST_LINE), more };
  });
}
