import type { ConnectionRef, MessageEvent } from '../events.js';
import { opcodeName } from '../websocket/frame.js';

/** A message that is to become a file. */
export interface PayloadFile {
  /** Its name: nothing captured is part of it, only numbers and wsdissect's own words. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Gives the messages of a capture names: stream, sender, number among those of this sender, kind. */
export class PayloadFiles {
  readonly #prefix: string;
  readonly #counts = new Map<ConnectionRef, { client: number; server: number }>();

  /** @param input - number of the capture, from 1, where there are several */
  constructor(input: number | undefined) {
    this.#prefix = input === undefined ? '' : `capture${input}-`;
  }

  /**
   * The file of a message.
   *
   * @returns its name alone where the bytes of the message cannot be told
   */
  file(event: MessageEvent): PayloadFile | { readonly name: string; readonly bytes: undefined } {
    const { connection, direction, message } = event;
    const sender = direction === 'client-to-server' ? 'client' : 'server';
    let counts = this.#counts.get(connection);
    if (counts === undefined) {
      counts = { client: 0, server: 0 };
      this.#counts.set(connection, counts);
    }
    const number = String(++counts[sender]).padStart(NUMBER_WIDTH, '0');
    const name = `${this.#prefix}stream${connection.stream}-${sender}-${number}${ending(event)}`;
    return { name, bytes: message.payload };
  }

  /** A connection has ended: no more messages of it come. */
  forget(connection: ConnectionRef): void {
    this.#counts.delete(connection);
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
