import type { Frame } from '../websocket/frame.js';

/** One byte of a payload on its way from the wire to the application (RFC 6455 section 5.3). */
export interface PayloadByte {
  /** As it was sent. */
  readonly wire: number;
  /** The byte of the masking key that it was masked with; `undefined` where the frame is not masked. */
  readonly key: number | undefined;
  readonly plain: number;
}

/**
 * The first bytes of a payload, as they were sent and as they were meant.
 *
 * @param most - how many are wanted
 * @returns `undefined` in the place of each byte that was not captured or is not kept
 */
export function payloadBytes(frame: Frame, most: number): (PayloadByte | undefined)[] {
  const { payload, maskingKey, payloadLength } = frame;
  const count = Number(payloadLength) < most ? Number(payloadLength) : most;
  const bytes: (PayloadByte | undefined)[] = [];
  let seen = 0;
  for (let index = 0; index < count; index++) {
    const isMissing =
      payload === undefined || frame.gaps.some((gap) => index >= gap.offset && index - gap.offset < gap.length);
    bytes.push(isMissing ? undefined : payloadByte(payload[seen++]!, maskingKey, index));
  }
  return bytes;
}

function payloadByte(plain: number, maskingKey: number | undefined, index: number): PayloadByte {
  if (maskingKey === undefined) return { wire: plain, key: undefined, plain };
  const key = (maskingKey >>> (24 - 8 * (index & 3))) & 0xff;
  return { wire: plain ^ key, key, plain };
}
