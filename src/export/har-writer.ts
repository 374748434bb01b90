import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionRef, DissectEvent } from '../events.js';
import { HAR_ENTRY_END, harEntryStart } from './har-entry.js';
import { HarMessageWriter } from './har-message.js';
import { Spool } from './spool.js';

/** What the file says of who wrote it. */
export interface HarCreator {
  readonly name: string;
  readonly version: string;
}

const SEPARATOR = Buffer.from(',\n');
const LINE = Buffer.from('\n');

/**
 * Writes a HAR file piece by piece: an entry for each WebSocket connection, when it has ended.
 *
 * A connection's messages come before its end, and those of many connections in turn, so they are put by until then.
 */
export class HarWriter {
  readonly #messages = new Spool<ConnectionRef>();
  readonly #message = new HarMessageWriter();
  readonly #last = new Map<ConnectionRef, PacketTime>();

  /** The beginning of the file. */
  begin(creator: HarCreator): string {
    const head = { version: '1.2', creator, pages: [] };
    return `{"log":${JSON.stringify(head).slice(0, -1)},"entries":[`;
  }

  /**
   * Takes the next event of a capture.
   *
   * @param file - the capture, where there are several
   * @returns pieces of an entry, where it is the end of a connection; to be written before the next event is taken, and
   *   after a comma where it is not the first entry
   */
  *event(event: DissectEvent, file: string | undefined): Generator<Buffer> {
    if (event.type === 'message') {
      const { connection, message } = event;
      this.#messages.append(connection, this.#messages.has(connection) ? SEPARATOR : LINE);
      for (const piece of this.#message.pieces(event)) this.#messages.append(connection, piece);
      this.#last.set(connection, message.at);
    } else if (event.type === 'connection') {
      const { connection } = event;
      yield Buffer.from(harEntryStart(event, this.#last.get(connection), file), 'utf8');
      yield* this.#messages.take(connection);
      this.#last.delete(connection);
      yield Buffer.from(HAR_ENTRY_END, 'latin1');
    }
  }

  /** Connections whose messages were put by and whose end has not come. */
  get unfinished(): number {
    return this.#last.size;
  }

  /** The end of the file. */
  end(): string {
    return '\n]}}\n';
  }

  /** Gives back what it holds. */
  close(): void {
    this.#messages.close();
  }
}
