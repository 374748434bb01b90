import type { Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import type { FrameHeader, PayloadGap } from '../websocket/frame.js';

/**
 * What became of a message: `ok`; `gap` and `truncated` as of its frames, or where frames of it were lost;
 * `unfinished` where no final fragment came; `lost-context` where inflating it needs bytes that were not captured;
 * `bad-deflate` where it is compressed by permessage-deflate and cannot be inflated; `not-decoded` where RSV bits of its
 * frames belong to an extension that is not undone, or to none that was agreed on; `too-large` where it is longer than
 * is kept.
 */
export type MessageStatus =
  'ok' | 'gap' | 'truncated' | 'unfinished' | 'lost-context' | 'bad-deflate' | 'not-decoded' | 'too-large';

/** A whole message: fragments joined, permessage-deflate undone (RFC 6455 section 5.4, RFC 7692 section 7.2.2). */
export interface Message {
  /** The last packet that carried a byte of it. */
  readonly at: PacketTime;
  /** Of its first frame; 0 where the frame that it began with is not there. */
  readonly opcode: number;
  /** Frames that it was sent in, as far as they are known. */
  readonly frames: number;
  /**
   * The headers of its frames, in order; of one in very many frames, those of the first. Of a message in one frame it is
   * that frame. See `headerBytes`.
   */
  readonly headers: readonly FrameHeader[];
  /** RSV1 of its first frame says that it is compressed, by permessage-deflate or by an extension that is not undone. */
  readonly compressed: boolean;
  /** Payload bytes of its frames as sent. */
  readonly wireLength: number | bigint;
  /** Bytes of the message itself; of a `too-large` one, the limit; of one that cannot be inflated, `undefined`. */
  readonly length: number | bigint | undefined;
  /**
   * The bytes of the message that were captured; `undefined` where they are not known, are not kept, or are not
   * wanted. Of a `not-decoded` message they are the bytes as sent. Of a message in one plain frame it is that frame's
   * payload: copy it to keep it.
   */
  readonly payload: Buffer | undefined;
  /**
   * The payload is text (a text message, or the reason of a close with a code) and valid UTF-8; where bytes are
   * missing, each run of bytes between them is.
   */
  readonly isText: boolean;
  /**
   * The text of a text message, or the reason of a close with a code; `undefined` where it is neither, or not known, or no
   * valid UTF-8. Of one with bytes missing it is what was captured, as {@link gaps} says. It is decoded each time that it
   * is asked for.
   */
  readonly text?: string | undefined;
  /** Of a close message that carries one. */
  readonly closeCode?: number;
  /** The reason's bytes that were captured, of a close message with a code; empty where it gives no reason. */
  readonly closeReason?: Buffer;
  readonly status: MessageStatus;
  /** Payload bytes of its frames that were not seen; what is missing between frames is not counted. */
  readonly missing: number | bigint;
  /** Where they are missing, counted in payload bytes of its frames as sent. */
  readonly gaps: readonly PayloadGap[];
  /** What is wrong with the message; what is wrong with one of its frames is said there. */
  readonly findings: readonly Finding[];
}
