/** The header of an HTTP/2 frame (RFC 9113 section 4.1). */
export interface Http2FrameHeader {
  /** Bytes of payload, 0 to 16,777,215. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  /** 0 for the connection itself. */
  readonly stream: number;
}

/** Bytes of a frame header. */
export const FRAME_HEADER_LENGTH = 9;

/** Frame types (RFC 9113 section 6). */
export const DATA = 0;
export const HEADERS = 1;
const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
const PING = 6;
export const GOAWAY = 7;
const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

/** Flags. */
export const END_STREAM = 0x1;
export const SETTINGS_ACK = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const HAS_PRIORITY = 0x20;

/** What a client sends first (RFC 9113 section 3.4). */
export const CONNECTION_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** Settings (RFC 9113 section 6.5.2, RFC 8441 section 3). */
export const SETTINGS_ENABLE_CONNECT_PROTOCOL = 8;

/** Reads a frame header; `undefined` where fewer than its 9 bytes are there. */
export function decodeHttp2FrameHeader(bytes: Buffer, offset: number): Http2FrameHeader | undefined {
  if (bytes.length - offset < FRAME_HEADER_LENGTH) return undefined;
  return {
    length: bytes.readUIntBE(offset, 3),
    type: bytes[offset + 3]!,
    flags: bytes[offset + 4]!,
    stream: bytes.readUInt32BE(offset + 5) & 0x7fff_ffff,
  };
}

const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

/** The name of an error code, or the code itself as text (RFC 9113 section 7). */
export function http2ErrorName(code: number): string {
  return ERROR_NAMES[code] ?? `0x${code.toString(16)}`;
}

/**
 * Whether a header may stand in a well-formed connection: a known type with a length and a stream that fit it.
 *
 * @param mostLength - the largest SETTINGS_MAX_FRAME_SIZE that the receiver may have announced
 */
export function isPlausibleHeader(
  header: Http2FrameHeader,
  fromClient: boolean | undefined,
  mostLength: number,
): boolean {
  const { length, type, flags, stream } = header;
  if (length > mostLength) return false;
  switch (type) {
    case DATA:
    case HEADERS:
    case CONTINUATION:
      // A client opens streams with odd numbers (RFC 9113 section 5.1.1); a server's own are those it has pushed.
      return stream !== 0 && (fromClient !== true || (stream & 1) === 1);
    case PRIORITY:
      return stream !== 0 && length === 5;
    case RST_STREAM:
      return stream !== 0 && length === 4;
    case SETTINGS:
      return stream === 0 && length % 6 === 0 && ((flags & SETTINGS_ACK) === 0 || length === 0);
    case PUSH_PROMISE:
      return fromClient !== true && stream !== 0 && length >= 4;
    case PING:
      return stream === 0 && length === 8;
    case GOAWAY:
      return stream === 0 && length >= 8;
    case WINDOW_UPDATE:
      return length === 4;
    default:
      return false;
  }
}

const SETTING_LENGTH = 6;
/** Settings in the first frame of a server: there are no so many. */
const MOST_SETTINGS = 64;
/** A frame header from its type on: SETTINGS without a flag, of stream 0. */
const SETTINGS_REST = Buffer.from([SETTINGS, 0, 0, 0, 0, 0]);
const LENGTH_BYTES = 3;

/**
 * What the first bytes of a side are: a client's `preface` (RFC 9113 section 3.4), a server's first `settings`, as far as
 * they go one of them (`open`), or neither.
 */
export function beginningOf(bytes: Buffer): 'preface' | 'settings' | 'open' | undefined {
  const length = Math.min(bytes.length, CONNECTION_PREFACE.length);
  if (CONNECTION_PREFACE.compare(bytes, 0, length, 0, length) === 0) {
    return length === CONNECTION_PREFACE.length ? 'preface' : 'open';
  }
  const header = decodeHttp2FrameHeader(bytes, 0);
  if (header !== undefined) return isSettings(header.length, bytes) ? 'settings' : undefined;
  if (bytes[0] !== 0 || (bytes.length > 1 && bytes[1]! > 1)) return undefined;
  const rest = Math.max(0, bytes.length - LENGTH_BYTES);
  return rest === 0 || SETTINGS_REST.compare(bytes, LENGTH_BYTES, undefined, 0, rest) === 0 ? 'open' : undefined;
}

function isSettings(length: number, bytes: Buffer): boolean {
  if (length % SETTING_LENGTH !== 0 || length > MOST_SETTINGS * SETTING_LENGTH) return false;
  return SETTINGS_REST.compare(bytes, LENGTH_BYTES, FRAME_HEADER_LENGTH) === 0;
}
