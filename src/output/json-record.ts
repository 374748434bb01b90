import type { Direction, Finding } from '../common/finding.js';
import { formatTime, type Moment } from '../common/moment.js';
import type { ConnectionRef } from '../events.js';
import type { PayloadGap } from '../websocket/frame.js';
import { JsonWriter } from './json-writer.js';

/** What a record is of. */
export type RecordType = 'frame' | 'message' | 'connection';

/** Connections whose part of a record is kept ready. More than a capture usually has open at once. */
const MOST_CONNECTIONS = 10_000;

interface ConnectionBytes {
  readonly connection: ConnectionRef;
  readonly 'client-to-server': Buffer;
  readonly 'server-to-client': Buffer;
}

/** What the losses of a frame and of a message have in common. */
export interface Loss {
  readonly status: string;
  readonly missing: number | bigint;
  readonly gaps: readonly PayloadGap[];
}

const OK = Buffer.from(',"status":"ok"');
const BASE64 = Buffer.from(',"base64":');
const EMPTY = Buffer.alloc(0);
const END_OF_TIME = Buffer.from('Z"');
const END = Buffer.from('}\n');

/**
 * The parts that records of different types share. What is the same in every record of a connection is made once.
 */
export class JsonRecordWriter extends JsonWriter {
  readonly #begin: Buffer;
  /** The same and the name of the packet's number. */
  readonly #beginSent: Buffer;
  /** By the number of the stream; a tunnel's connection may have the same number as the one inside it. */
  #connections: (ConnectionBytes | undefined)[] = [];
  #connectionsKept = 0;
  #second = Number.NaN;
  #timeOfSecond = EMPTY;

  /**
   * @param type - the value of `type` in each record
   * @param file - the value of `file` in each record; `undefined` for none
   */
  constructor(type: RecordType, file: string | undefined) {
    super();
    const begin = `{"type":"${type}"${file === undefined ? '' : `,"file":${quoted(file)}`}`;
    this.#begin = Buffer.from(begin);
    this.#beginSent = Buffer.from(`${begin},"packet":`);
  }

  /** Begins a record: its type and file. */
  begin(): void {
    this.raw(this.#begin);
  }

  /** Begins a record of something that was sent: type, file, packet, time, connection and direction. */
  beginSent(at: Moment, connection: ConnectionRef, direction: Direction): void {
    this.raw(this.#beginSent);
    this.integer(at.packet);
    this.time(at);
    this.raw(this.#bytesOf(connection)[direction]);
  }

  /** The time, where the capture has one. */
  time(at: Moment): void {
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
   * @param name - the member's name with the comma before it and the colon behind it
   * @param whole - what is shown in base64, where that is more than the text
   */
  textOrBase64(name: Buffer, bytes: Buffer, whole = bytes): void {
    const mark = this.mark();
    this.raw(name);
    if (this.utf8(bytes)) return;
    this.rewind(mark);
    this.base64Member(whole);
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

  /** The findings, and the end of the record. */
  end(findings: readonly Finding[], withPlace = false): void {
    if (findings.length > 0) {
      this.ascii(',"findings":[');
      findings.forEach((finding, index) => {
        this.ascii(`${index > 0 ? ',' : ''}{"code":"${finding.code}","severity":"${finding.severity}"`);
        this.text('rfc', finding.rfc);
        this.text('message', finding.message);
        if (withPlace) {
          this.number('packet', finding.packet);
          this.text('direction', finding.direction);
        }
        this.ascii('}');
      });
      this.ascii(']');
    }
    this.raw(END);
  }

  #newSecond(at: Moment): void {
    const time = formatTime(at);
    // The calendar part and the point: the digits behind it are all that differs between packets of one second.
    this.#timeOfSecond = time === undefined ? EMPTY : Buffer.from(`,"time":"${time.slice(0, time.indexOf('.') + 1)}`);
    this.#second = at.precision === 0 ? Number.NaN : at.seconds;
  }

  #bytesOf(connection: ConnectionRef): ConnectionBytes {
    const known = this.#connections[connection.stream];
    return known?.connection === connection ? known : this.#makeBytes(connection);
  }

  #makeBytes(connection: ConnectionRef): ConnectionBytes {
    if (this.#connectionsKept++ >= MOST_CONNECTIONS) {
      this.#connections = [];
      this.#connectionsKept = 1;
    }
    const { stream } = connection;
    const ends = endpoints(connection);
    const part = (direction: Direction): Buffer => lasting(`,"stream":${stream},"direction":"${direction}"${ends}`);
    const bytes = {
      connection,
      'client-to-server': part('client-to-server'),
      'server-to-client': part('server-to-client'),
    };
    this.#connections[stream] = bytes;
    return bytes;
  }
}

/** Memory of its own: in the shared pool it would keep 8 KiB of payloads alive that are long done with. */
function lasting(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/** The members `client` and `server`, each with a comma before it, where they are known. */
export function endpoints({ client, server }: ConnectionRef): string {
  return (client === undefined ? '' : `,"client":"${client}"`) + (server === undefined ? '' : `,"server":"${server}"`);
}

function quoted(text: string): string {
  const writer = new JsonWriter();
  writer.string(text);
  return Buffer.from(writer.take()).toString('utf8');
}
