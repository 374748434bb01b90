import { CONTINUATION, TEXT, type Frame } from '../websocket/frame.js';

/**
 * Whether the payload of a frame is shown as text: it is part of a text message, and its bytes are the message's own.
 * What RSV bits say that an extension made of it is shown as bytes.
 */
export function isText(frame: Frame): boolean {
  const { messageOpcode, compressed, rsv1, rsv2, rsv3, opcode } = frame;
  const isCoded = compressed || rsv2 || rsv3 || (rsv1 && opcode !== CONTINUATION);
  return messageOpcode === TEXT && !isCoded;
}
