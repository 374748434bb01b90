import type { Direction } from '../common/finding.js';
import type { ConnectionRef } from '../events.js';
import type { Message } from '../message/message.js';
import type { Frame } from '../websocket/frame.js';

/** A frame to be explained, and what is known around it. */
export interface ShownFrame {
  /** From 1: in the input, in the capture, or in the connection where only one is looked at. */
  readonly number: number;
  readonly frame: Frame;
  /** Its header as it was on the wire, 2 to 14 bytes. */
  readonly header: Buffer;
  readonly direction: Direction;
  /** Nothing but the mask bit tells the direction. */
  readonly isDirectionByMask: boolean;
  /** The connection; `undefined` where the frame was given as bytes. */
  readonly connection: ConnectionRef | undefined;
  /** The message that this frame completed. */
  readonly message: Message | undefined;
  /** Compressed messages before this one in the same direction; `undefined` where the capture tells the context. */
  readonly inflatedBefore: number | undefined;
  /** Bytes that follow it in the input; 0 in a capture. */
  readonly following: number;
}

/** The beginning of a frame, whose header is incomplete. */
export interface CutFrame {
  readonly number: number;
  /** All there is of it, 1 to 13 bytes. */
  readonly bytes: Buffer;
  /** Bytes of the input before it. */
  readonly offset: number;
  /** Bytes that its header needs more, at least. */
  readonly needed: number;
}

/** Whether a frame is there as far as its header. */
export function isWhole(shown: ShownFrame | CutFrame): shown is ShownFrame {
  return 'frame' in shown;
}
