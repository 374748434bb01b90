import type { DissectEvent } from '../../events.js';
import type { Frame } from '../../websocket/frame.js';

/**
 * An event with bytes of its own, in buffers of Node: what goes to another thread must not lie in memory that is used again, and what
 * came from one has none of these buffers.
 */
export function withBuffers<Event extends DissectEvent>(event: Event): Event;
export function withBuffers(event: DissectEvent): DissectEvent {
  switch (event.type) {
    case 'frame':
      return { ...event, frame: frameWithBuffers(event.frame) };
    case 'message': {
      const { message, completedBy } = event;
      const { payload, closeReason } = message;
      const payloads = payload === undefined ? {} : { payload: bufferOf(payload) };
      const reasons = closeReason === undefined ? {} : { closeReason: bufferOf(closeReason) };
      return {
        ...event,
        message: { ...message, ...payloads, ...reasons },
        completedBy: completedBy && frameWithBuffers(completedBy),
      };
    }
    case 'connection': {
      const { closeReason } = event;
      return closeReason === undefined ? event : { ...event, closeReason: bufferOf(closeReason) };
    }
    default:
      return event;
  }
}

function frameWithBuffers(frame: Frame): Frame {
  return frame.payload === undefined ? frame : { ...frame, payload: bufferOf(frame.payload) };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}
