import fc from 'fast-check';
import { WsdissectError } from '../../src/common/error.js';
import type { Finding } from '../../src/common/finding.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import type { CaptureReader, CaptureSink, Packet } from '../../src/capture/packet.js';

/** What a reader gave; the bytes are copied out of their views. */
export interface Read {
  readonly packets: Packet[];
  readonly secrets: string[];
  readonly findings: Finding[];
  /** What it threw. */
  readonly error: WsdissectError | undefined;
}

type ReaderClass = new (sink: CaptureSink, limits: Limits) => CaptureReader;

/** Reads a capture that comes in some chunks; anything thrown but a WsdissectError goes on up. */
export function read(reader: ReaderClass, chunks: readonly Uint8Array[], limits: Partial<Limits> = {}): Read {
  const packets: Packet[] = [];
  const secrets: string[] = [];
  let text = '';
  const findings: Finding[] = [];
  const sink: CaptureSink = {
    packet: (packet) => packets.push({ ...packet, bytes: Buffer.from(packet.bytes) }),
    secrets: (keyLog, isLast) => {
      text += keyLog.toString('latin1');
      if (!isLast) return;
      secrets.push(text);
      text = '';
    },
    finding: (found) => findings.push(found),
  };
  let error: WsdissectError | undefined;
  try {
    const input = new reader(sink, { ...DEFAULT_LIMITS, ...limits });
    // Each chunk is a buffer of its own, wiped when it was read: what is kept of it must be a copy.
    for (const chunk of chunks) {
      const own = Buffer.from(chunk);
      input.push(own);
      own.fill(0xee);
    }
    input.end();
    input.end();
  } catch (thrown) {
    if (!(thrown instanceof WsdissectError)) throw thrown;
    error = thrown;
  }
  return { packets, secrets, findings, error };
}

/** Bytes cut into chunks at some places, given as fractions. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const offsets = places.map((place) => Math.floor(place * (bytes.length + 1))).sort((a, b) => a - b);
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (const offset of [...offsets, bytes.length]) {
    chunks.push(bytes.subarray(from, offset));
    from = offset;
  }
  return chunks;
}

export function bytewise(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

/** Places to cut at, for {@link cut}. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 20 });

/** Changes to some bytes of a file, and where it is cut off. */
export const damage = fc.record({
  changes: fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.constantFrom(0, 1, 4, 12, 0x7f, 0xff)),
    { maxLength: 6 },
  ),
  kept: fc.double({ min: 0, max: 1, noNaN: true }),
});

export function damaged(file: Uint8Array, how: { changes: readonly [number, number][]; kept: number }): Buffer {
  const bytes = Buffer.from(file);
  for (const [place, value] of how.changes) bytes[Math.floor(place * bytes.length)] = value;
  return bytes.subarray(0, Math.ceil(how.kept * bytes.length));
}
