import { check, type CheckOptions } from '../../src/check/check.js';
import type { CaptureReport } from '../../src/check/report.js';
import { encodeFrame, type FrameShape } from '../../src/websocket/encode-frame.js';

/** A capture of a client's frames, as lines of hex; they are masked where nothing else is said. */
export function clientFrames(...shapes: FrameShape[]): Buffer {
  const lines = shapes.map((shape) => `${encodeFrame({ maskingKey: 0x01020304, ...shape }).toString('hex')}\n`);
  return Buffer.from(lines.join(''));
}

/** Checks such a capture. */
export function checkFrames(shapes: FrameShape[], options: CheckOptions = {}): Promise<CaptureReport> {
  return check([clientFrames(...shapes)], { file: 'frames.hex', ...options });
}
