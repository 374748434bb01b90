import type { PacketTime } from '../common/packet-time.js';
import type { MessageEvent } from '../events.js';
import { JsonWriter } from '../output/json/json-writer.js';

/**
 * Writes messages as elements of `_webSocketMessages`, as browsers do: JSON.
 *
 * Beyond what browsers write, `encoding` is `base64` where `data` is that, and a message that is incomplete has its
 * `status` and the number of bytes that are `missing`.
 */
export class HarMessageWriter {
  readonly #json = new JsonWriter();

  /** The JSON of a message, in pieces of bounded size. Each is a view that is valid until the next. */
  pieces({ message, direction }: MessageEvent): Generator<Uint8Array> {
    const { opcode, status, missing, at } = message;
    const json = this.#json;
    const type = direction === 'client-to-server' ? 'send' : 'receive';
    // Sixteen digits of a number are not enough for nanoseconds: the time is written digit by digit.
    json.ascii(`{"time":${epochSeconds(at)},"type":"${type}","opcode":${opcode},"data":`);
    this.#data(message);
    if (status !== 'ok') {
      json.ascii(`,"status":"${status}","missing":`);
      json.integer(missing);
    }
    json.ascii('}');
    return json.pieces();
  }

  #data({ payload, isText, opcode }: MessageEvent['message']): void {
    if (payload === undefined || payload.length === 0) this.#json.ascii('""');
    else if (!isText || opcode >= CLOSE || !this.#json.utf8(payload)) {
      this.#json.base64(payload);
      this.#json.ascii(',"encoding":"base64"');
    }
  }
}

/** Opcodes from here on are of control frames, whose payloads are bytes. */
const CLOSE = 8;

/** Seconds since 1970-01-01 UTC with all digits that the capture has. */
function epochSeconds({ seconds, nanoseconds, precision }: PacketTime): string {
  if (precision === 0) return '0';
  return `${seconds}.${String(nanoseconds).padStart(9, '0').slice(0, precision)}`;
}
