import { nodeCrypto } from '../common/node/crypto.js';
import { writePcap } from '../capture/pcap/pcap-writer.js';
import { encodeFrame } from '../websocket/encode-frame.js';
import { CLOSE } from '../websocket/frame.js';
import { decodeFrameHeader } from '../websocket/frame-header.js';
import { other, type Sender, WrittenConnection } from './written-connection.js';

/** What is written around frames. */
export interface CaptureShape {
  /** Who sends the frames. */
  readonly from: Sender;
  /** The handshake agrees on permessage-deflate, each message with an empty window. */
  readonly deflate: boolean;
  /** Makes the masking key of a close frame of the client, four bytes. */
  readonly maskingKey: () => Uint8Array;
  /** Time of the first packet, in whole seconds since 1970-01-01 UTC. */
  readonly startSeconds: number;
}

const LINKTYPE_ETHERNET = 1;
/** The key of the example in RFC 6455 section 1.3: a key proves nothing, so any will do. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const EXTENSION = 'permessage-deflate; client_no_context_takeover; server_no_context_takeover';
const NORMAL_CLOSURE = Buffer.from([1000 >>> 8, 1000 & 0xff]);

/**
 * A capture in which the frames are sent: TCP handshake, opening handshake, the frames, the closing handshake, FIN.
 *
 * Where a close frame is among the frames, the other side answers it, and no other one is sent.
 *
 * @param frames - whole frames, as they go over the wire
 * @returns a pcap file
 */
export function captureFrames(frames: readonly Buffer[], shape: CaptureShape): Buffer {
  const connection = new WrittenConnection(shape.startSeconds);
  connection.open();
  connection.send('client', requestHead(shape.deflate));
  connection.send('server', responseHead(shape.deflate));
  for (const frame of frames) connection.send(shape.from, frame);
  const close = (from: Sender): void => connection.send(from, closeFrame(from, shape));
  if (!frames.some((frame) => decodeFrameHeader(frame, 0)?.opcode === CLOSE)) close(shape.from);
  close(other(shape.from));
  // The server closes the connection first (RFC 6455 section 7.1.1).
  connection.close('server');
  return writePcap(connection.packets, { linkType: LINKTYPE_ETHERNET });
}

function closeFrame(from: Sender, { maskingKey }: CaptureShape): Buffer {
  const shape = { opcode: CLOSE, payload: NORMAL_CLOSURE };
  return encodeFrame(from === 'client' ? { ...shape, maskingKey: maskingKey() } : shape);
}

function requestHead(deflate: boolean): Buffer {
  return head('GET / HTTP/1.1', [
    ['Host', 'server.example'],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', KEY],
    ['Sec-WebSocket-Version', '13'],
    ...(deflate ? [['Sec-WebSocket-Extensions', EXTENSION] as const] : []),
  ]);
}

function responseHead(deflate: boolean): Buffer {
  return head('HTTP/1.1 101 Switching Protocols', [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    [
      'Sec-WebSocket-Accept',
      nodeCrypto()
        .createHash('sha1')
        .update(KEY + GUID)
        .digest('base64'),
    ],
    ...(deflate ? [['Sec-WebSocket-Extensions', EXTENSION] as const] : []),
  ]);
}

function head(startLine: string, fields: readonly (readonly [name: string, value: string])[]): Buffer {
  const lines = [startLine, ...fields.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
