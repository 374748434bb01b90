import type { PacketTime } from '../common/packet-time.js';
import { GOAWAY, RST_STREAM, SETTINGS, SETTINGS_ACK, type Http2FrameHeader } from './http2-frame.js';
import type { Http2Listener } from './http2-listener.js';

const SETTING_LENGTH = 6;

/** Longest payload of such a frame that is read. */
export const LONGEST_CONTROL = 6 * 1024;

/** Whether a frame ends a stream or speaks of the connection, and is read whole. */
export function isControl(type: number): boolean {
  return type === RST_STREAM || type === SETTINGS || type === GOAWAY;
}

/** Tells what such a frame says (RFC 9113 sections 6.4, 6.5 and 6.8); of the wrong length, it says nothing. */
export function readControl(frame: Http2FrameHeader, payload: Buffer, listener: Http2Listener, at: PacketTime): void {
  const { type, flags, stream } = frame;
  if (type === RST_STREAM && payload.length === 4) {
    listener.reset(stream, payload.readUInt32BE(0), at);
  } else if (type === GOAWAY && payload.length >= 8) {
    listener.goAway(payload.readUInt32BE(0) & 0x7fff_ffff, payload.readUInt32BE(4), at);
  } else if (type === SETTINGS && (flags & SETTINGS_ACK) === 0) {
    const settings: [number, number][] = [];
    for (let i = 0; i + SETTING_LENGTH <= payload.length; i += SETTING_LENGTH) {
      settings.push([payload.readUInt16BE(i), payload.readUInt32BE(i + 2)]);
    }
    listener.settings(settings);
  }
}
