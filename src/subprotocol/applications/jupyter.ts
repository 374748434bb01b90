import { isUtf8 } from '../../common/node/buffer.js';
import { JsonObject } from '../values/json-object.js';
import { pathOf, type DataMessage, type Meaning, type MeaningKind, type SubProtocol } from '../sub-protocol.js';

/** Kernels of Jupyter: messages in JSON, with buffers after it, or in frames of `v1.kernel.websocket.jupyter.org`. */
export const JUPYTER: SubProtocol = {
  name: 'jupyter',
  recognise: ({ url, subprotocol }) => {
    if (subprotocol === 'v1.kernel.websocket.jupyter.org') return 'subprotocol';
    return /\/api\/kernels\/[^/?]+\/channels(?:\?|$)/.test(pathOf(url)) ? 'url' : undefined;
  },
  decoder: ({ subprotocol }) => {
    const isFramed = subprotocol !== undefined;
    return { decode: (message) => decode(message, isFramed) };
  },
};

function decode({ isText, text, payload }: DataMessage, isFramed: boolean): Meaning[] | undefined {
  if (!isText) return isFramed ? readFrames(payload) : readBuffers(payload);
  const object = JsonObject.read(text);
  return (
    object &&
    meaningOf(
      object.string('channel'),
      object.object('header'),
      object.object('parent_header'),
      object.object('content'),
    )
  );
}

function meaningOf(
  channel: string | undefined,
  header: JsonObject | undefined,
  parent: JsonObject | undefined,
  content: JsonObject | undefined,
): Meaning[] | undefined {
  const name = header?.string('msg_type');
  if (header === undefined || name === undefined || content === undefined) return undefined;
  const kind = kindOf(name, content);
  // All but a request belong to the request that their parent is.
  const id = kind === 'call' ? header.id('msg_id') : (parent?.id('msg_id') ?? header.id('msg_id'));
  return [{ kind, name, id, channel, value: content.text }];
}

function kindOf(name: string, content: JsonObject): MeaningKind {
  if (name.endsWith('_request')) return 'call';
  // After an error, requests that wait are aborted; older kernels say `abort`.
  if (name.endsWith('_reply'))
    return /^(?:error|abort(?:ed)?)$/.test(content.string('status') ?? '') ? 'error' : 'reply';
  return 'data';
}

const LONG = 8;

/** Little-endian offsets of 64 bits: their number, each, and then the parts: channel, header, parent, metadata, content. */
function readFrames(bytes: Buffer): Meaning[] | undefined {
  if (bytes.length < LONG) return undefined;
  const count = Number(bytes.readBigUInt64LE(0));
  if (count < 6 || count > 10_000 || bytes.length < LONG * (count + 1)) return undefined;
  const parts: Buffer[] = [];
  for (let index = 0; index + 1 < count; index++) {
    const from = Number(bytes.readBigUInt64LE(LONG * (index + 1)));
    const end = Number(bytes.readBigUInt64LE(LONG * (index + 2)));
    if (from < LONG * (count + 1) || end < from || end > bytes.length) return undefined;
    parts.push(bytes.subarray(from, end));
  }
  const [channel, header, parent, , content] = parts;
  return meaningOf(channel!.toString('utf8'), object(header!), object(parent!), object(content!));
}

/** Big-endian offsets of 32 bits: their number, each, and then the message in JSON and its buffers. */
function readBuffers(bytes: Buffer): Meaning[] | undefined {
  if (bytes.length < 8) return undefined;
  const count = bytes.readUInt32BE(0);
  const from = bytes.readUInt32BE(4);
  if (count < 1 || from !== 4 * (count + 1) || from > bytes.length) return undefined;
  const end = count === 1 ? bytes.length : bytes.readUInt32BE(8);
  if (end < from || end > bytes.length) return undefined;
  const message = object(bytes.subarray(from, end));
  return (
    message &&
    meaningOf(
      message.string('channel'),
      message.object('header'),
      message.object('parent_header'),
      message.object('content'),
    )
  );
}

function object(bytes: Buffer): JsonObject | undefined {
  return isUtf8(bytes) ? JsonObject.read(bytes.toString('utf8')) : undefined;
}
