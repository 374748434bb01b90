import type { Finding } from '../common/finding.js';
import type { Moment } from '../common/moment.js';
import type { PayloadGap } from '../websocket/frame.js';

/**
 * What became of a message: `ok`; `gap` and `truncated` as of its frames; `unfinished` where no final fragment came;
 * `lost-context` where inflating it needs bytes that were not captured; `bad-deflate`; `too-large` where it is longer
 * than is kept.
 */
export type MessageStatus = 'ok' | 'gap' | 'truncated' | 'unfinished' | 'lost-context' | 'bad-deflate' | 'too-large';

/** A whole message: fragments joined, permessage-deflate undone (RFC 6455 section 5.4, RFC 7692 section 7.2.2). */
export interface Message {
  /** The last packet that carried a byte of it. */
  readonly at: Moment;
  readonly opcode: number;
  /** Frames that it was sent in. */
  readonly frames: number;
  readonly compressed: boolean;
  /** Payload bytes of its frames as sent. */
  readonly wireLength: number | bigint;
  /** Bytes of the message itself; of a `too-large` one, the limit; of one that cannot be inflated, `undefined`. */
  readonly length: number | bigint | undefined;
  /** The bytes of the message that were captured; `undefined` where they cannot be told or are not kept. */
  readonly payload: Buffer | undefined;
  /** The payload is text (a text message, or the reason of a close) and valid UTF-8. */
  readonly isText: boolean;
  /** Of a close message that carries one. */
  readonly closeCode?: number;
  /** The reason's bytes, of a close message with a code; empty where it gives no reason. */
  readonly closeReason?: Buffer;
  readonly status: MessageStatus;
  /** Payload bytes of its frames that were not seen. */
  readonly missing: number | bigint;
  readonly gaps: readonly PayloadGap[];
  readonly findings: readonly Finding[];
}
