/** What `pcap-parser` 0.2.1 does, as far as it is used here. It brings no types of its own. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';

  interface RecordHeader {
    readonly timestampSeconds: number;
    /** The second field of the time as it stands in the record, whatever its unit. */
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  }

  /** What records are read from: a Buffer, or what behaves as one as far as this. */
  interface RecordSource {
    readonly length: number;
    readUInt32(offset: number): number;
    slice(start: number, end?: number): unknown;
  }

  interface Parser {
    /** The bytes not yet parsed. */
    buffer: RecordSource | null;
    /** What the names of the methods of `buffer` that read numbers end with: `readUInt32` and this. */
    endianness: string | null;
    /** Takes what the parser emits: `packetHeader` with a {@link RecordHeader}, `packetData` with a Buffer, and others. */
    emit: (event: string, value: unknown) => boolean;
  }

  /** @param input - emits `data` with a Buffer each time, or none to go on; `pause` and `resume` are called on it */
  function parse(input: EventEmitter & { pause(): void; resume(): void }): Parser;
}
