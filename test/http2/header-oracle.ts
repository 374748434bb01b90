import * as http2 from 'node:http2';
import { Duplex } from 'node:stream';
import {
  CONNECTION_PREFACE,
  CONTINUATION,
  decodeHttp2FrameHeader,
  END_HEADERS,
  FRAME_HEADER_LENGTH,
  HEADERS,
  SETTINGS,
  SETTINGS_ACK,
} from '../../src/http2/http2-frame.js';
import { http2Frame, settings } from '../support/http2.js';

/** A header section as words: its stream, then each field in order. */
export type Section = readonly [stream: number, ...fields: string[]];

/** A recorded side of a connection. */
export interface RecordedSide {
  readonly isClient: boolean;
  /** Its frames, each with its header. */
  readonly frames: readonly Buffer[];
}

const SETTINGS_HEADER_TABLE_SIZE = 1;
const DEFAULT_TABLE_SIZE = 4096;
const ACKNOWLEDGED = http2Frame(SETTINGS, SETTINGS_ACK, 0);

/** Cuts the bytes of a side into frames. @throws Error where they do not end with one */
export function splitFrames(bytes: Buffer): RecordedSide {
  const isClient = bytes.subarray(0, CONNECTION_PREFACE.length).equals(CONNECTION_PREFACE);
  const frames: Buffer[] = [];
  for (let at = isClient ? CONNECTION_PREFACE.length : 0; at < bytes.length;) {
    const end = at + FRAME_HEADER_LENGTH + (decodeHttp2FrameHeader(bytes, at)?.length ?? Infinity);
    if (end > bytes.length) throw new Error(`the frame at byte ${at} is not whole`);
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  return { isClient, frames };
}

/** The streams of the header sections that end in the frames, in order. */
export function sectionStreams({ frames }: RecordedSide): number[] {
  return frames.flatMap((frame) => {
    const { type, flags, stream } = decodeHttp2FrameHeader(frame, 0)!;
    return (type === HEADERS || type === CONTINUATION) && (flags & END_HEADERS) !== 0 ? [stream] : [];
  });
}

/** The largest table that a side lets the other one use, as its SETTINGS say. */
export function tableSize({ frames }: RecordedSide): number {
  let largest = DEFAULT_TABLE_SIZE;
  for (const frame of frames) {
    if (decodeHttp2FrameHeader(frame, 0)!.type !== SETTINGS) continue;
    for (let at = FRAME_HEADER_LENGTH; at + 6 <= frame.length; at += 6) {
      if (frame.readUInt16BE(at) === SETTINGS_HEADER_TABLE_SIZE)
        largest = Math.max(largest, frame.readUInt32BE(at + 2));
    }
  }
  return largest;
}

/**
 * The header sections of a recorded side, as nghttp2 reads them: it is the other side of a connection in memory, and is sent the
 * recorded HEADERS and CONTINUATION frames.
 *
 * @param headerTableSize - the table that the recorded receiver allowed
 */
export async function readByNghttp2(side: RecordedSide, headerTableSize: number): Promise<Section[]> {
  const wanted = sectionStreams(side).length;
  const sections: Section[] = [];
  const headers = Buffer.concat(
    side.frames.filter((frame) => [HEADERS, CONTINUATION].includes(decodeHttp2FrameHeader(frame, 0)!.type)),
  );
  await new Promise<void>((resolve, reject) => {
    const take = (stream: number | undefined, raw: readonly string[]): void => {
      const fields = Array.from({ length: raw.length / 2 }, (_, index) => `${raw[2 * index]}: ${raw[2 * index + 1]}`);
      sections.push([stream!, ...fields]);
      if (sections.length === wanted) resolve();
    };
    const send = side.isClient ? toServer : toClient;
    send({ headers, headerTableSize, streams: Math.max(...sectionStreams(side)), take, fail: reject });
  });
  return sections;
}

interface Sent {
  readonly headers: Buffer;
  readonly headerTableSize: number;
  /** The highest number of a stream. */
  readonly streams: number;
  readonly take: (stream: number | undefined, rawHeaders: readonly string[]) => void;
  readonly fail: (error: Error) => void;
}

/** Node tells the fields in their order as an argument that its types do not have everywhere. */
type Told = (headers: unknown, flags: number, rawHeaders: string[]) => void;

function toServer({ headers, headerTableSize, take, fail }: Sent): void {
  const wire = new Wire();
  const session = http2.performServerHandshake(wire, { settings: { headerTableSize, enableConnectProtocol: true } });
  session.on('error', fail);
  session.on('stream', (stream: http2.ServerHttp2Stream, _headers: unknown, _flags: number, raw: string[]) => {
    stream.on('error', fail);
    take(stream.id, raw);
    const trailers: Told = (_fields, _flag, fields) => take(stream.id, fields);
    stream.on('trailers', trailers as () => void);
    stream.resume();
  });
  wire.push(Buffer.concat([CONNECTION_PREFACE, settings(), ACKNOWLEDGED, headers]));
}

function toClient({ headers, headerTableSize, streams, take, fail }: Sent): void {
  const wire = new Wire();
  const options = { createConnection: () => wire, settings: { headerTableSize, enablePush: false } };
  const session = http2.connect('http://example.org', options);
  session.on('error', fail);
  session.once('remoteSettings', () => {
    for (let number = 1; number <= streams; number += 2) {
      const stream = session.request({ ':method': 'POST' }, { endStream: false });
      const told: Told = (_fields, _flags, raw) => take(stream.id, raw);
      for (const event of ['headers', 'response', 'trailers']) stream.on(event, told as () => void);
      stream.on('error', fail);
      stream.resume();
    }
    setImmediate(() => wire.push(headers));
  });
  wire.push(Buffer.concat([settings(), ACKNOWLEDGED]));
}

/** What nghttp2 reads is pushed, and what it writes is dropped. */
class Wire extends Duplex {
  override _read(): void {
    // What comes is pushed.
  }

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
}
