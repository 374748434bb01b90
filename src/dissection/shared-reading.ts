import { readChunks } from '../capture/compression/decompress.js';
import { WsdissectError } from '../common/error.js';
import type { ConnectionCarrier, SharedReading } from './connection-carrier.js';
import type { DissectOptions } from './dissect-options.js';
import { Dissection, PIECE } from './dissection.js';

/**
 * Reads a capture and gives its connections to a carrier.
 *
 * @param room - waited for whenever the carrier is full, and after each piece
 * @throws WsdissectError where the input cannot be read any further
 */
export async function readShared(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DissectOptions,
  carrier: ConnectionCarrier,
  room: (reading: SharedReading) => Promise<void> | undefined,
): Promise<SharedReading> {
  const dissection = new Dissection(options, carrier.held, undefined, carrier);
  const advance = async (): Promise<void> => {
    for (let isMore = true; isMore;) {
      isMore = dissection.advance();
      const waiting = room(dissection);
      if (waiting !== undefined) await waiting;
    }
  };
  try {
    for await (const chunk of readChunks(source, (finding) => dissection.capture.finding(finding))) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        dissection.push(chunk.subarray(at, at + PIECE));
        await advance();
      }
    }
    dissection.end();
  } catch (error) {
    if (error instanceof WsdissectError) await advance();
    throw error;
  }
  await advance();
  return dissection;
}
