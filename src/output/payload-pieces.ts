import type { PayloadGap } from '../websocket/frame.js';

/** A piece of payload that was captured without a gap, and the gap after it. */
export interface Piece {
  readonly bytes: Buffer;
  /** Bytes of payload, on the wire, before it. */
  readonly offset: number;
  /** Bytes after it that were not captured; 0 for none. */
  readonly gap: number;
}

/**
 * A payload as the pieces of it that were captured.
 *
 * @param isCut - the bytes are the beginning of what was captured: a gap at their end is not shown
 */
export function payloadPieces(bytes: Buffer, gaps: readonly PayloadGap[], isCut: boolean): Piece[] {
  const result: Piece[] = [];
  let seen = 0;
  let offset = 0;
  for (const gap of gaps) {
    const end = seen + gap.offset - offset;
    // A gap after what is shown is part of what is not shown.
    if (end > bytes.length || (isCut && end === bytes.length)) break;
    result.push({ bytes: bytes.subarray(seen, end), offset, gap: gap.length });
    seen = end;
    offset = gap.offset + gap.length;
  }
  if (seen < bytes.length) result.push({ bytes: bytes.subarray(seen), offset, gap: 0 });
  return result;
}
