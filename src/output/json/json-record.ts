import type { Direction, Finding } from '../../common/finding.js';
import { formatTime, type PacketTime } from '../../common/packet-time.js';
import type { ConnectionRef } from '../../events.js';
import type { UncutFrame } from '../../websocket/captured-frame.js';
import { JsonWriter } from './json-writer.js';
import { readFields, type RecordType } from '../records/record-field.js';
import { isPlainOrder, orderMember, type RecordOrder } from '../records/record-order.js';
import { safeJson } from './safe-json.js';
import { ENDPOINTS, STREAM, type Loss } from '../records/shared-fields.js';

/** Connections whose part of a record is kept ready. More than a capture usually has open at once. */
const MOST_CONNECTIONS = 10_000;

/** What every record of a connection has, for each direction: made with its first record. */
class ConnectionBytes {
  readonly connection: ConnectionRef;
  #fromClient: Buffer | undefined = undefined;
  #fromServer: Buffer | undefined = undefined;

  constructor(connection: ConnectionRef) {
    this.connection = connection;
  }

  of(direction: Direction): Buffer {
    if (direction === 'client-to-server') return (this.#fromClient ??= partOf(this.connection, direction));
    return (this.#fromServer ??= partOf(this.connection, direction));
  }
}

const OK = Buffer.from(',"status":"ok"');
const PACKET = ',"packet":';
const OK_AND_END = Buffer.from(',"status":"ok"}\n');
const BASE64 = Buffer.from(',"base64":');
const EMPTY = Buffer.alloc(0);
const END_OF_TIME = Buffer.from('Z"');
const END = Buffer.from('}\n');
const LINE_END = Buffer.from('\n');

/**
 * The fast path: writes the records of frames and messages without making objects of them, and says the same as the table
 * of fields. What is the same in every record of a connection is made once.
 */
export class JsonRecordWriter extends JsonWriter {
  /** Type, file, and the name of the packet's number. */
  readonly #beginSent: Buffer;
  /** By the number of the stream; a tunnel's connection may have the same number as the one inside it. */
  #connections: (ConnectionBytes | undefined)[] = [];
  #connectionsKept = 0;
  readonly #streams = new Map<ConnectionRef, ConnectionBytes>();
  #second = Number.NaN;
  #timeOfSecond = EMPTY;

  /**
   * @param type - the value of `type` in each record
   * @param file - the value of `file` in each record; `undefined` for none
   */
  constructor(type: RecordType, file: string | undefined) {
    super();
    this.#beginSent = Buffer.from(`{"type":"${type}"${file === undefined ? '' : `,"file":${safeJson(file)}`}${PACKET}`);
  }

  /** Begins a record of something that was sent: type, file, packet, time, connection and direction. */
  beginSent(at: PacketTime, connection: ConnectionRef, direction: Direction): void {
    if (connection.source === undefined) {
      this.raw(this.#beginSent);
      this.integer(at.packet);
    } else {
      this.raw(this.#beginSent.subarray(0, -PACKET.length));
      this.ascii(`,"source":"${connection.source}"`);
    }
    this.time(at);
    this.raw(this.#bytesOf(connection).of(direction));
  }

  /** A whole record, which is written from the table of fields. */
  record(members: object): void {
    this.json(members);
    this.raw(LINE_END);
  }

  /** The time, where the capture has one. */
  time(at: PacketTime): void {
    if (at.seconds !== this.#second || at.precision === 0) this.#newSecond(at);
    if (this.#timeOfSecond.length === 0) return;
    this.raw(this.#timeOfSecond);
    if (at.precision === 6) this.digits((at.nanoseconds / 1000) | 0, 6);
    else this.digits(at.nanoseconds, 9);
    this.raw(END_OF_TIME);
  }

  /** A member whose value is captured text; none where the value is `undefined`. */
  text(name: string, value: string | undefined): void {
    if (value === undefined) return;
    this.ascii(`,"${name}":`);
    this.string(value);
  }

  /** A member whose value is a number; none where the value is `undefined`. */
  number(name: string, value: number | bigint | undefined): void {
    if (value === undefined) return;
    this.ascii(`,"${name}":`);
    this.integer(value);
  }

  /**
   * A member that holds bytes as text; `base64` instead where they are not valid UTF-8.
   *
   * @param name - the member's name with the comma before it and the colon after it
   * @param whole - what is shown in base64, where that is more than the text
   */
  textOrBase64(name: Buffer, bytes: Buffer, whole = bytes): void {
    const mark = this.mark();
    this.raw(name);
    if (this.utf8(bytes)) return;
    this.rewind(mark);
    this.base64Member(whole);
  }

  /**
   * A member that holds the text of a frame that is as it was sent.
   *
   * @returns false, and nothing is written, where it is not all ASCII
   */
  maskedText(name: Buffer, { chunk, start, payloadLength, maskingKey = 0 }: UncutFrame): boolean {
    const mark = this.mark();
    this.raw(name);
    if (this.maskedAscii(chunk, start, start + payloadLength, maskingKey)) return true;
    this.rewind(mark);
    return false;
  }

  /** A member that holds the payload of a frame that is as it was sent, in base64. */
  maskedBase64Member({ chunk, start, payloadLength, maskingKey = 0 }: UncutFrame): void {
    this.raw(BASE64);
    this.maskedBase64(chunk, start, start + payloadLength, maskingKey);
  }

  /** A member that holds bytes in base64. */
  base64Member(bytes: Buffer): void {
    this.raw(BASE64);
    this.base64(bytes);
  }

  /** The status, and what is missing where it tells of missing bytes. */
  status(loss: Loss): void {
    if (loss.status === 'ok') {
      this.raw(OK);
      return;
    }
    this.ascii(`,"status":"${loss.status}"`);
    const cut = loss.status === 'gap' || loss.status === 'truncated';
    if (!cut && loss.missing === 0) return;
    this.number('missing', loss.missing);
    if (loss.gaps.length > 0) {
      const gaps = loss.gaps.map(({ offset, length }) => `{"offset":${offset},"length":${length}}`);
      this.ascii(`,"gaps":[${gaps.join(',')}]`);
    }
  }

  /** The status, the findings, and the end of the record. */
  statusAndEnd(loss: Loss, findings: readonly Finding[]): void {
    if (loss.status === 'ok' && findings.length === 0) {
      this.raw(OK_AND_END);
      return;
    }
    this.status(loss);
    this.end(findings);
  }

  /** The findings, and the end of the record. */
  end(findings: readonly Finding[]): void {
    if (findings.length > 0) {
      this.ascii(',"findings":[');
      findings.forEach((finding, index) => {
        this.ascii(`${index > 0 ? ',' : ''}{"code":"${finding.code}","severity":"${finding.severity}"`);
        this.text('rfc', finding.rfc);
        this.text('message', finding.message);
        this.ascii('}');
      });
      this.ascii(']');
    }
    this.raw(END);
  }

  /**
   * Adds to the record that ended last where it stands among those of a split capture set.
   *
   * @param packet - the number of its packet, where it has one
   */
  order(order: RecordOrder, packet: number | undefined): void {
    if (isPlainOrder(order, packet)) return;
    this.rewind(this.mark() - END.length);
    this.ascii(orderMember(order));
    this.raw(END);
  }

  #newSecond(at: PacketTime): void {
    const time = formatTime(at);
    // The calendar part and the point: the digits after it are all that differs between packets of one second.
    this.#timeOfSecond = time === undefined ? EMPTY : Buffer.from(`,"time":"${time.slice(0, time.indexOf('.') + 1)}`);
    this.#second = at.precision === 0 ? Number.NaN : at.seconds;
  }

  #bytesOf(connection: ConnectionRef): ConnectionBytes {
    if (connection.http2Stream !== undefined) return this.#streamBytes(connection);
    const known = this.#connections[connection.stream];
    return known?.connection === connection ? known : this.#makeBytes(connection);
  }

  /** A stream of HTTP/2: many may have the same TCP connection, in turns. */
  #streamBytes(connection: ConnectionRef): ConnectionBytes {
    const known = this.#streams.get(connection);
    if (known !== undefined) return known;
    if (this.#streams.size >= MOST_CONNECTIONS) this.#streams.clear();
    const bytes = new ConnectionBytes(connection);
    this.#streams.set(connection, bytes);
    return bytes;
  }

  #makeBytes(connection: ConnectionRef): ConnectionBytes {
    if (this.#connectionsKept++ >= MOST_CONNECTIONS) {
      this.#connections = [];
      this.#connectionsKept = 1;
    }
    const bytes = new ConnectionBytes(connection);
    this.#connections[connection.stream] = bytes;
    return bytes;
  }
}

function partOf(connection: ConnectionRef, direction: Direction): Buffer {
  const before = membersOf(readFields(STREAM, connection));
  const after = membersOf(readFields(ENDPOINTS, connection));
  return lasting(`${before},"direction":"${direction}"${after}`);
}

/** Memory of its own: in the shared pool it would keep 8 KiB of payloads alive that are long done with. */
function lasting(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/** Members of a record as JSON, each with a comma before it. */
function membersOf(members: object): string {
  return Object.entries(members)
    .map(([name, value]) => `,"${name}":${safeJson(value)}`)
    .join('');
}
