import { chunksOf, type CaptureSource } from './capture/capture-source.js';
import { asBuffer } from './capture/chunk-input.js';
import { readChunks } from './capture/compression/decompress.js';
import { JoinedCaptures } from './capture/join/joined-captures.js';
import { WsdissectError } from './common/error.js';
import type { DissectEvent } from './events.js';
import type { ReadingWitness } from './dissection/capture-witness.js';
import { checkOptions, type DissectOptions } from './dissection/dissect-options.js';
import { Dissection, PIECE } from './dissection/dissection.js';

export type { DissectOptions } from './dissection/dissect-options.js';

/**
 * Reads a capture and gives its events in batches, one after each chunk of input or more often.
 *
 * Between two batches nothing is read, so a slow consumer slows the reading down and memory stays bounded.
 *
 * @param source - pcap, pcapng, any of them gzipped, or lines of hex; a string is a path
 * @throws WsdissectError where the input cannot be read as a capture, or an option is not known
 */
export function dissectBatches(source: CaptureSource, options: DissectOptions = {}): AsyncGenerator<DissectEvent[]> {
  checkOptions('dissect()', options);
  return readBatches(chunksOf(source), options);
}

/**
 * The same, with what the caller wants to know beside the events.
 *
 * @throws WsdissectError where the input cannot be read
 */
export async function* readBatches(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | JoinedCaptures,
  options: DissectOptions,
  { held, seen, packets }: ReadingWitness = {},
): AsyncGenerator<DissectEvent[]> {
  const dissection = new Dissection(options, held, packets);
  try {
    if (source instanceof JoinedCaptures) {
      yield* dissection.join(source);
    } else {
      for await (const chunk of readChunks(source, (finding) => dissection.capture.finding(finding))) {
        for (let at = 0; at < chunk.length; at += PIECE) {
          dissection.push(chunk.subarray(at, at + PIECE));
          yield* dissection.batches();
        }
      }
      dissection.end();
    }
  } catch (error) {
    // What stands before the place that cannot be read is good all the same.
    yield* dissection.batches();
    throw error;
  }
  yield* dissection.batches();
  seen?.(dissection.seen);
}

/**
 * Reads a capture and gives its events one by one, in the order of the capture.
 *
 * @param source - pcap, pcapng, any of them gzipped, or lines of hex; a string is a path
 * @throws WsdissectError where the input cannot be read as a capture, or an option is not known
 */
export function dissect(source: CaptureSource, options: DissectOptions = {}): AsyncGenerator<DissectEvent> {
  return eventsOf(dissectBatches(source, options));
}

async function* eventsOf(batches: AsyncIterable<DissectEvent[]>): AsyncGenerator<DissectEvent> {
  for await (const batch of batches) yield* batch;
}

/** Reads a capture that is pushed into it, and gives its events when they are taken. No file or socket is touched here. */
export class Dissector {
  readonly #dissection: Dissection;

  constructor(options: DissectOptions = {}) {
    checkOptions('new Dissector()', options);
    this.#dissection = new Dissection(options);
  }

  /** Takes the next bytes of the capture; it does not change them. @throws WsdissectError where they are no capture */
  push(chunk: Uint8Array): void {
    if (!(chunk instanceof Uint8Array)) {
      throw new WsdissectError('bad-option', 'push() takes a Buffer or another Uint8Array');
    }
    this.#dissection.push(asBuffer(chunk));
  }

  /** The capture is over. @throws WsdissectError where it was none */
  end(): void {
    this.#dissection.end();
  }

  /** The next events; an empty array where all are taken that the bytes so far give. */
  take(): DissectEvent[] {
    return this.#dissection.take();
  }
}
