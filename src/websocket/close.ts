import { CLOSE, type Frame, type PayloadGap } from './frame.js';

/** What the body of a close frame says (RFC 6455 section 5.5.1), as far as it was captured. */
export interface CloseBody {
  readonly code: number;
  /** The captured bytes of the reason, which ought to be UTF-8; empty where it gives none. */
  readonly reason: Buffer;
  /** Where bytes of the reason are missing, counted from its first byte. */
  readonly gaps: readonly PayloadGap[];
  /** Every byte of the reason was captured. */
  readonly isWhole: boolean;
}

const CODE_LENGTH = 2;
const NO_GAPS: readonly PayloadGap[] = [];

/**
 * Decodes the body of a close frame: two bytes of code, then the reason.
 *
 * @param payload - the unmasked payload that was captured, gaps left out
 * @param gaps - where bytes of it are missing, the end of a truncated frame among them
 * @returns `undefined` where it has no code, or where a byte of the code was not captured
 */
export function decodeClose(payload: Buffer, gaps: readonly PayloadGap[] = NO_GAPS): CloseBody | undefined {
  if (payload.length < CODE_LENGTH || gaps.some(({ offset }) => offset < CODE_LENGTH)) return undefined;
  return {
    code: (payload[0]! << 8) | payload[1]!,
    reason: payload.subarray(CODE_LENGTH),
    gaps: gaps.length === 0 ? NO_GAPS : gaps.map(({ offset, length }) => ({ offset: offset - CODE_LENGTH, length })),
    isWhole: gaps.length === 0,
  };
}

/**
 * The code and reason of a close frame.
 *
 * @returns `undefined` where the frame is another one, its payload is not kept or cannot be told, it has no code, or a
 * byte of the code was not captured
 */
export function closeBody(frame: Frame): CloseBody | undefined {
  const { opcode, payload, compressed, missing, gaps } = frame;
  if (opcode !== CLOSE || compressed || payload === undefined) return undefined;
  // Of a length that no number holds, where the missing bytes were is not known.
  if (missing !== 0 && gaps.length === 0) return undefined;
  return decodeClose(payload, gaps);
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [1000, 'normal closure'],
  [1001, 'going away'],
  [1002, 'protocol error'],
  [1003, 'unsupported data'],
  [1005, 'no status received'],
  [1006, 'abnormal closure'],
  [1007, 'invalid payload data'],
  [1008, 'policy violation'],
  [1009, 'message too big'],
  [1010, 'mandatory extension'],
  [1011, 'internal error'],
  [1012, 'service restart'],
  [1013, 'try again later'],
  [1014, 'bad gateway'],
  [1015, 'TLS handshake'],
]);

/**
 * What a close code means: its name in the IANA registry, or whose range it is in (RFC 6455 section 7.4).
 *
 * @returns `undefined` where it means nothing
 */
export function closeCodeName(code: number): string | undefined {
  const name = NAMES.get(code);
  if (name !== undefined) return name;
  if (code >= 3000 && code <= 3999) return 'registered';
  return code >= 4000 && code <= 4999 ? 'private use' : undefined;
}
