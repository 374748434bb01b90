import type { Direction } from './common/finding.js';
import type { ConnectionRef, FrameEvent, MessageEvent } from './events.js';
import type { Message } from './message/message.js';
import type { DecodedMessage } from './subprotocol/sub-protocol.js';
import type { Frame } from './websocket/frame.js';

/** A {@link FrameEvent} whose place in the order is still to be filled in. A class for the same reason as `CapturedPacket`. */
export class NewFrameEvent implements FrameEvent {
  readonly type = 'frame';
  packet = 0;
  number = 0;
  readonly connection: ConnectionRef;
  readonly direction: Direction;
  readonly frame: Frame;

  constructor(connection: ConnectionRef, direction: Direction, frame: Frame) {
    this.connection = connection;
    this.direction = direction;
    this.frame = frame;
  }
}

/** A {@link MessageEvent} whose place in the order is still to be filled in. */
export class NewMessageEvent implements MessageEvent {
  readonly type = 'message';
  packet = 0;
  number = 0;
  readonly connection: ConnectionRef;
  readonly direction: Direction;
  readonly message: Message;
  readonly completedBy: Frame | undefined;
  readonly decoded: DecodedMessage | undefined;
  readonly isPart: boolean;

  constructor(
    connection: ConnectionRef,
    direction: Direction,
    message: Message,
    completedBy: Frame | undefined,
    decoded: DecodedMessage | undefined,
    isPart: boolean,
  ) {
    this.connection = connection;
    this.direction = direction;
    this.message = message;
    this.completedBy = completedBy;
    this.decoded = decoded;
    this.isPart = isPart;
  }
}
