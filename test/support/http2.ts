import {
  CONNECTION_PREFACE,
  DATA,
  END_HEADERS,
  HEADERS,
  SETTINGS,
  SETTINGS_ENABLE_CONNECT_PROTOCOL,
} from '../../src/http2/http2-frame.js';

/** A frame of HTTP/2 (RFC 9113 section 4.1). */
export function http2Frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(9);
  header.writeUIntBE(bytes.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, bytes]);
}

/** A header block of literal fields, without Huffman code (RFC 7541 section 6.2). */
export function headerBlock(fields: Readonly<Record<string, string>>, isAdded = false): Buffer {
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => [
      Buffer.from([isAdded ? 0x40 : 0x00]),
      literal(name),
      literal(value),
    ]),
  );
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  for (let rest = bytes.length - 127; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** SETTINGS with pairs of identifiers and values. */
export function settings(...pairs: readonly (readonly [identifier: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [index, [identifier, value]] of pairs.entries()) {
    payload.writeUInt16BE(identifier, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return http2Frame(SETTINGS, 0, 0, payload);
}

/** What a client sends first. */
export const CLIENT_START = Buffer.concat([CONNECTION_PREFACE, settings()]);
/** What a server sends first that allows WebSocket. */
export const SERVER_START = settings([SETTINGS_ENABLE_CONNECT_PROTOCOL, 1]);

/** The fields of an extended CONNECT for WebSocket (RFC 8441 section 4). */
export const CONNECT_FIELDS: Readonly<Record<string, string>> = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':scheme': 'http',
  ':path': '/chat',
  ':authority': 'example.org',
  'sec-websocket-version': '13',
};

/** A request for WebSocket on a stream. */
export function connect(stream: number, more: Readonly<Record<string, string>> = {}): Buffer {
  return http2Frame(HEADERS, END_HEADERS, stream, headerBlock({ ...CONNECT_FIELDS, ...more }));
}

/** An answer on a stream. */
export function answer(stream: number, more: Readonly<Record<string, string>> = {}): Buffer {
  return http2Frame(HEADERS, END_HEADERS, stream, headerBlock({ ':status': '200', ...more }));
}

/** Bytes of a stream. */
export function data(stream: number, payload: Buffer | string, flags = 0): Buffer {
  return http2Frame(DATA, flags, stream, payload);
}
