import { CLOSE, type Frame } from '../websocket/frame.js';

/** What a close frame says (RFC 6455 section 5.5.1). */
export interface CloseBody {
  readonly code: number;
  /** Bytes of the reason, which ought to be UTF-8; `undefined` where some of them were not captured. */
  readonly reason: Buffer | undefined;
}

const CODE_LENGTH = 2;

/**
 * The code and reason of a close frame.
 *
 * @returns `undefined` where the frame is another one, has no code, or was not captured as far as its code.
 */
export function closeBody(frame: Frame): CloseBody | undefined {
  const { payload, gaps } = frame;
  if (frame.opcode !== CLOSE || frame.compressed || payload === undefined || payload.length < CODE_LENGTH)
    return undefined;
  if (gaps.some((gap) => gap.offset < CODE_LENGTH)) return undefined;
  return { code: payload.readUInt16BE(0), reason: frame.missing === 0 ? payload.subarray(CODE_LENGTH) : undefined };
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
 * @returns `undefined` where it means nothing.
 */
export function closeCodeName(code: number): string | undefined {
  const name = NAMES.get(code);
  if (name !== undefined) return name;
  if (code >= 3000 && code <= 3999) return 'registered';
  return code >= 4000 && code <= 4999 ? 'private use' : undefined;
}
