import type { Part } from '../consumer.js';
import { streamName, type DissectEvent, type MessageEvent } from '../events.js';
import { opcodeName } from '../websocket/frame.js';

/** A message that is to become a file. */
export interface PayloadFile {
  /** Its name: nothing captured is part of it, only numbers and wsdissect's own words. */
  readonly name: string;
  /** `undefined` where they cannot be told: then it has no file. */
  readonly bytes: Buffer | undefined;
}

/**
 * Gives the messages of a TCP connection names: stream, sender, number among those of this sender, kind. Of a message
 * whose bytes cannot be told there is the name alone.
 */
export class PayloadFiles implements Part<PayloadFile> {
  readonly #prefix: string;
  /** Over HTTP/2 one TCP connection has many; the number of the stream there, or 0, tells them apart. */
  readonly #counts = new Map<number, { client: number; server: number }>();

  /** @param input - number of the capture, from 1, where there are several */
  constructor(input: number | undefined) {
    this.#prefix = input === undefined ? '' : `capture${input}-`;
  }

  event(event: DissectEvent): PayloadFile | undefined {
    if (event.type === 'connection') this.#counts.delete(event.connection.http2Stream ?? 0);
    if (event.type !== 'message') return undefined;
    const { connection, direction, message } = event;
    const sender = direction === 'client-to-server' ? 'client' : 'server';
    const { http2Stream = 0 } = connection;
    let counts = this.#counts.get(http2Stream);
    if (counts === undefined) {
      counts = { client: 0, server: 0 };
      this.#counts.set(http2Stream, counts);
    }
    const number = String(++counts[sender]).padStart(NUMBER_WIDTH, '0');
    const name = `${this.#prefix}stream${streamName(connection)}-${sender}-${number}${ending(event)}`;
    return { name, bytes: message.payload };
  }
}

/** Digits of a number, so that the files of a usual capture sort in their order. */
const NUMBER_WIDTH = 6;
const DATA_OPCODES = 2;

/** `.txt`, `.bin`, `.ping.bin`; with `.part` in front where bytes are missing. */
function ending({ message }: MessageEvent): string {
  const part = message.status === 'ok' ? '' : '.part';
  if (message.opcode > DATA_OPCODES) return `${part}.${opcodeName(message.opcode)}.bin`;
  return `${part}${message.isText ? '.txt' : '.bin'}`;
}
