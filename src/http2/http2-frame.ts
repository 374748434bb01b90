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
