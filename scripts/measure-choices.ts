/**
 * Measures what docs/decisions.md says of the inflater and of pcap-parser: `npm run measure-choices`.
 * Each figure is the median of several runs, after one that does not count.
 */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { PcapReader } from '../src/capture/pcap/pcap.js';
import { writePcap } from '../src/capture/pcap/pcap-writer.js';
import { DEFAULT_LIMITS } from '../src/common/limits.js';
import { Inflater } from '../src/message/inflater.js';

const RUNS = 41;
const WINDOW = 32 * 1024;
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

function median(work: () => void): number {
  work();
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[RUNS >> 1]!;
}

function show(what: string, milliseconds: number, count: number): void {
  console.log(`${what.padEnd(56)} ${((milliseconds * 1000) / count).toFixed(2).padStart(9)} us each`);
}

/** JSON messages of about 95 bytes, and each of them compressed with the 32 KiB before it as its window. */
function smallMessages(count: number): { windows: Buffer[]; compressed: Buffer[] } {
  const windows: Buffer[] = [];
  const compressed: Buffer[] = [];
  let said = Buffer.alloc(0);
  for (let i = 0; i < count; i++) {
    const price = (1 + ((i * 37) % 1000) / 1000).toFixed(3);
    const text = `{"type":"tick","symbol":"EUR/USD","price":${price},"sequence":${i},"venue":"XLON","side":"bid"}`;
    windows.push(said);
    compressed.push(compress(Buffer.from(text), said));
    said = Buffer.from(Buffer.concat([said, Buffer.from(text)]).subarray(-WINDOW));
  }
  return { windows, compressed };
}

function compress(text: Buffer, dictionary: Buffer): Buffer {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary.length > 0 ? { dictionary } : {}) };
  return deflateRawSync(text, options).subarray(0, -TAIL.length);
}

function measureSmall(): void {
  const count = 2000;
  const { windows, compressed } = smallMessages(count);
  const own = median(() => {
    const inflater = new Inflater(true, true);
    for (const message of compressed) inflater.inflate(message, DEFAULT_LIMITS.message);
  });
  const zlib = median(() => {
    compressed.forEach((message, i) => {
      const dictionary = windows[i]!;
      const options = { finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary.length > 0 ? { dictionary } : {}) };
      inflateRawSync(Buffer.concat([message, TAIL]), options);
    });
  });
  show('small messages with context takeover, own inflater', own, count);
  show('the same, inflateRawSync with the window as dictionary', zlib, count);
}

function measureLarge(): void {
  const text = Buffer.from(
    Array.from(
      { length: 12_000 },
      (_, i) => `{"id":${i},"value":${(i * 7919) % 100_003},"name":"item ${i % 97}"}`,
    ).join(),
  );
  const message = compress(text, Buffer.alloc(0));
  const own = median(() => new Inflater(false, true).inflate(message, DEFAULT_LIMITS.message));
  const zlib = median(() => inflateRawSync(Buffer.concat([message, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH }));
  show(`a message of ${text.length} bytes, own inflater`, own, 1);
  show('the same, inflateRawSync', zlib, 1);
}

function measureCapture(): void {
  const count = 200_000;
  const bytes = Buffer.alloc(200);
  const packet = { seconds: 0, nanoseconds: 0, bytes };
  const file = writePcap(Array<typeof packet>(count).fill(packet), { linkType: 1 });
  const time = median(() => {
    const reader = new PcapReader(
      { packet: () => undefined, secrets: () => undefined, finding: () => undefined },
      DEFAULT_LIMITS,
    );
    for (let at = 0; at < file.length; at += 64 * 1024) reader.push(file.subarray(at, at + 64 * 1024));
    reader.end();
  });
  show('a packet of a pcap file, pcap-parser inside its bounds', time, count);
}

measureSmall();
measureLarge();
measureCapture();
