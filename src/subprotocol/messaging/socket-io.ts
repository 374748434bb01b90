import { elementsOf, readJsonAt, sourceOf, stringOf, type JsonSlice } from '../values/json-text.js';
import { readMsgpackArray, readMsgpackMap } from '../values/msgpack.js';
import { shown, type ReadValue } from '../values/value-writer.js';
import {
  pathOf,
  type DataMessage,
  type Decoder,
  type Meaning,
  type Opening,
  type SubProtocol,
} from '../sub-protocol.js';

/** Packet types of Engine.IO, the first character of each message. */
const OPEN = '0';
const CLOSE = '1';
const PING = '2';
const PONG = '3';
const MESSAGE = '4';
const UPGRADE = '5';
const NOOP = '6';

/** Engine.IO 3 and 4, and Socket.IO in its messages. */
export const SOCKET_IO: SubProtocol = {
  name: 'socket.io',
  recognise: ({ url }) => (isSocketIo(url) ? 'url' : undefined),
  decoder: (opening) => new EngineIoDecoder(opening, true),
};

/** Engine.IO by itself, without Socket.IO in its messages. */
export const ENGINE_IO: SubProtocol = {
  name: 'engine.io',
  recognise: ({ url }) => (/[?&]EIO=[34]\b/.test(pathOf(url)) ? 'url' : undefined),
  decoder: (opening) => new EngineIoDecoder(opening, false),
};

function isSocketIo(url: string | undefined): boolean {
  const path = pathOf(url);
  return /[?&]EIO=[34]\b/.test(path) && !/^\/engine\.io\//.test(path);
}

/** A Socket.IO packet that waits for its binary attachments. */
interface Waiting {
  readonly meaning: Meaning;
  readonly attachments: number;
  left: number;
}

/** Packets of Engine.IO: one a message. */
class EngineIoDecoder implements Decoder {
  readonly #carriesSocketIo: boolean;
  readonly #version: string | undefined;
  readonly #waiting: { [direction: string]: Waiting | undefined } = {};

  constructor({ url }: Opening, carriesSocketIo: boolean) {
    this.#carriesSocketIo = carriesSocketIo;
    this.#version = /[?&]EIO=([34])/.exec(pathOf(url))?.[1];
  }

  decode(message: DataMessage): readonly Meaning[] | undefined {
    if (!message.isText) return this.#binary(message);
    const rest = message.text.slice(1);
    switch (message.text[0]) {
      case OPEN:
        return [engine('open', 'open', rest)];
      case CLOSE:
        return [engine('close', 'close', rest)];
      case PING:
        return [engine('ping', 'ping', rest)];
      case PONG:
        return [engine('pong', 'pong', rest)];
      case MESSAGE:
        return this.#carriesSocketIo ? this.#packet(message) : [engine('data', 'message', rest)];
      case UPGRADE:
        return [engine('event', 'upgrade', rest)];
      case NOOP:
        return [engine('event', 'noop', rest)];
      default:
        return undefined;
    }
  }

  lost(direction: string): void {
    // Which attachment comes next is not known any more.
    this.#waiting[direction] = undefined;
  }

  #packet({ text, direction }: DataMessage): readonly Meaning[] | undefined {
    const packet = readPacket(text, 1);
    if (packet === undefined) return undefined;
    const { attachments, ...meaning } = this.#named(packet);
    this.#waiting[direction] = attachments > 0 ? { meaning, attachments, left: attachments } : undefined;
    return [meaning];
  }

  /** Under Engine.IO 3, Socket.IO 2 calls an error what is `connect_error` since. */
  #named<Packet extends Meaning>(packet: Packet): Packet {
    const isError = this.#version === '3' && packet.kind === 'error';
    return isError ? { ...packet, name: 'error' } : packet;
  }

  /** Engine.IO 4 sends an attachment as it is, Engine.IO 3 with the packet type before it. */
  #binary({ direction, payload }: DataMessage): readonly Meaning[] | undefined {
    const isVersion3 = this.#version === '3';
    if (isVersion3 && payload[0] !== Number(MESSAGE)) return undefined;
    const waiting = this.#waiting[direction];
    if (waiting === undefined) {
      const packet = this.#carriesSocketIo ? readMsgpackPacket(isVersion3 ? payload.subarray(1) : payload) : undefined;
      return [packet === undefined ? engine('data', 'message', '') : this.#named(packet)];
    }
    waiting.left--;
    const { name, channel } = waiting.meaning;
    if (waiting.left === 0) this.#waiting[direction] = undefined;
    return [{ kind: 'data', name, channel }];
  }
}

function engine(kind: Meaning['kind'], name: string, rest: string): Meaning {
  const value = rest === '' ? undefined : readJsonAt(rest, 0);
  const isJson = value !== undefined && value.end === rest.length;
  return { protocol: 'engine.io', kind, name, ...(isJson ? { value: rest } : rest === '' ? {} : { raw: rest }) };
}

const TYPES = ['connect', 'disconnect', 'event', 'ack', 'connect_error', 'binary_event', 'binary_ack'] as const;
const KINDS = ['open', 'close', 'event', 'ack', 'error', 'event', 'ack'] as const;

/** Type, attachments and a hyphen, namespace and a comma, id, and JSON: all but the type may be missing. */
const HEAD = /([0-6])(?:(\d{1,4})-)?(?:(\/[^,]*),?)?(\d{1,20})?/y;

function readPacket(text: string, from: number): (Meaning & { readonly attachments: number }) | undefined {
  HEAD.lastIndex = from;
  const match = HEAD.exec(text);
  if (match === null) return undefined;
  const [, type, attachments = '0', channel, id] = match;
  const end = HEAD.lastIndex;
  const data = end === text.length ? undefined : readJsonAt(text, end);
  if (end < text.length && data?.end !== text.length) return undefined;
  const index = Number(type);
  const kind = KINDS[index]!;
  const base = { channel, id: id === undefined ? undefined : idNumber(id), attachments: Number(attachments) };
  if (kind !== 'event') return { kind, name: TYPES[index]!, ...base, value: data && sourceOf(data) };
  const [name, ...args] = elementsOf(data);
  // An event that wants an acknowledgement is a call.
  return {
    kind: id === undefined ? 'event' : 'call',
    name: eventName(name),
    ...base,
    value: argumentsOf(data, name, args),
  };
}

/** An event is named by a string, or by a number. */
function eventName(name: JsonSlice | undefined): string | undefined {
  return stringOf(name) ?? (name?.kind === 'number' ? sourceOf(name) : undefined);
}

function idNumber(digits: string): number | string {
  const number = Number(digits);
  return String(number) === digits ? number : digits;
}

/** The arguments after the event's name, as they were sent. */
function argumentsOf(
  data: JsonSlice | undefined,
  name: JsonSlice | undefined,
  args: readonly JsonSlice[],
): string | undefined {
  if (data === undefined || name === undefined) return data && sourceOf(data);
  const [first] = args;
  return first === undefined ? '[]' : `[${data.text.slice(first.start, data.end)}`;
}

/** How notepack.io, which socket.io-msgpack-parser writes with, has `undefined`. */
const UNDEFINED = "ext(0, h'00')";

/** What socket.io-msgpack-parser sends: one map with the members of a packet. */
function readMsgpackPacket(bytes: Buffer): Meaning | undefined {
  const map = readMsgpackMap(bytes);
  if (map === undefined || map.end !== bytes.length) return undefined;
  const members = new Map<string, { readonly value: ReadValue; readonly from: number }>();
  for (const [key, value] of map.pairs) {
    if (value.text !== UNDEFINED) members.set(key.text, { value, from: key.end });
  }
  const type = members.get('"type"')?.value.text ?? '';
  const namespace = textOf(members.get('"nsp"')?.value);
  const index = /^[0-6]$/.test(type) ? Number(type) : undefined;
  if (index === undefined || namespace === undefined) return undefined;
  const id = members.get('"id"')?.value.text;
  if (id !== undefined && !/^\d+$/.test(id)) return undefined;
  const data = members.get('"data"');
  const base = {
    channel: namespace === '/' ? undefined : namespace,
    id: id === undefined ? undefined : idNumber(id),
  };
  const kind = KINDS[index]!;
  if (kind !== 'event') return { kind, name: TYPES[index]!, ...base, ...(data === undefined ? {} : shown(data.value)) };
  const list = data && readMsgpackArray(bytes, data.from);
  if (list === undefined) return undefined;
  const [name, ...args] = list.elements;
  const isNumber = name?.isJson === true && /^-?\d/.test(name.text);
  return {
    kind: id === undefined ? 'event' : 'call',
    name: textOf(name) ?? (isNumber ? name.text : undefined),
    ...base,
    ...shown({ text: `[${args.map(({ text }) => text).join(',')}]`, isJson: args.every(({ isJson }) => isJson) }),
  };
}

/** The characters of a value that is a string. */
function textOf(value: ReadValue | undefined): string | undefined {
  return value?.text.startsWith('"') === true ? (JSON.parse(value.text) as string) : undefined;
}
