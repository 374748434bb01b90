import type { FrameEvent, MessageEvent } from '../events.js';

/** Whether it was this frame that a message ended with; one that was given up did not end with any. */
export function isCompletedBy(event: MessageEvent, last: FrameEvent): boolean {
  return (
    event.connection === last.connection &&
    event.direction === last.direction &&
    event.message.at.packet === last.frame.at.packet
  );
}
