import { TEXT, type Frame } from '../websocket/frame.js';

/**
 * Whether the payload of a frame is shown as text: it is part of a text message, and its bytes are the message's own.
 * What RSV bits say that an extension made of it is shown as bytes.
 */
export function isText({ messageOpcode, compressed, coded }: Frame): boolean {
  return messageOpcode === TEXT && !compressed && !coded;
}
