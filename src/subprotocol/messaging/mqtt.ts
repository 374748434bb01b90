import { isUtf8 } from '../../common/node/buffer.js';
import type { Direction } from '../../common/finding.js';
import type { HeldBytes } from '../../common/held-bytes.js';
import { ByteCarry } from '../values/byte-carry.js';
import { readJson } from '../values/json-text.js';
import { MqttBody } from './mqtt-body.js';
import { rawText } from '../values/value-writer.js';
import type { DataMessage, Decoder, Meaning, Opening, SubProtocol } from '../sub-protocol.js';

/** MQTT 3.1, 3.1.1 and 5. */
export const MQTT: SubProtocol = {
  name: 'mqtt',
  recognise: ({ subprotocol }) => (/^mqtt(?:v3\.1)?$/i.test(subprotocol ?? '') ? 'subprotocol' : undefined),
  decoder: (opening, held) => new MqttDecoder(opening, held),
};

/** Packet types (MQTT 5 section 2.1.2). */
const CONNECT = 1;
const CONNACK = 2;
const PUBLISH = 3;
const PUBREL = 6;
const PUBCOMP = 7;
const SUBSCRIBE = 8;
const SUBACK = 9;
const UNSUBSCRIBE = 10;
const UNSUBACK = 11;
const PINGREQ = 12;
const PINGRESP = 13;
const DISCONNECT = 14;
const AUTH = 15;

const NAMES = [
  'RESERVED',
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
];
/** Reason codes from here on say that it failed. */
const FAILURE = 0x80;
const VERSION_5 = 5;
/** What the first byte of a packet has beside its type, where only one value is allowed (section 2.1.3). */
const FLAGS: Readonly<Record<number, number>> = { [PUBREL]: 2, [SUBSCRIBE]: 2, [UNSUBSCRIBE]: 2 };

interface Packet {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
}

/** Packets of MQTT, which may begin and end anywhere in messages (section 6.0). */
class MqttDecoder implements Decoder {
  /** 3 and 4 are alike; `undefined` where nothing has shown it. */
  #version: number | undefined;
  readonly #carry: Readonly<Record<Direction, ByteCarry>>;
  readonly #aliases: Record<Direction, Map<number, string>> = {
    'client-to-server': new Map(),
    'server-to-client': new Map(),
  };

  constructor({ subprotocol }: Opening, held: HeldBytes) {
    this.#carry = { 'client-to-server': new ByteCarry(held), 'server-to-client': new ByteCarry(held) };
    this.#version = subprotocol?.toLowerCase() === 'mqttv3.1' ? 3 : undefined;
  }

  decode({ direction, isText, payload }: DataMessage): Meaning[] | 'more' | undefined {
    if (isText) return undefined;
    const carry = this.#carry[direction];
    const bytes = carry.begin(payload);
    const packets: Packet[] = [];
    let at = 0;
    while (at < bytes.length) {
      const packet = packetAt(bytes, at);
      if (packet === 'more') break;
      if (packet === 'none') {
        carry.lost();
        return undefined;
      }
      packets.push(packet.packet);
      at = packet.end;
    }
    const items: Meaning[] = [];
    for (const packet of packets) {
      const item = this.#meaning(packet, direction);
      if (item === undefined) {
        carry.lost();
        return undefined;
      }
      items.push(item);
    }
    // After a loss nobody knows where a packet begins, unless all of a message is packets.
    if (!carry.keep(at)) return undefined;
    return items.length === 0 ? 'more' : items;
  }

  end(): void {
    this.#carry['client-to-server'].end();
    this.#carry['server-to-client'].end();
  }

  isWaiting(direction: Direction): boolean {
    return this.#carry[direction].isWaiting;
  }

  lost(direction: Direction): void {
    this.#carry[direction].lost();
    this.#aliases[direction].clear();
  }

  #meaning({ type, flags, body: bytes }: Packet, direction: Direction): Meaning | undefined {
    const name = NAMES[type]!;
    const body = new MqttBody(bytes);
    if (type === CONNECT) return this.#connect(body, name);
    if (type === PUBLISH) return this.#publish(body, flags, direction);
    switch (type) {
      case CONNACK: {
        // Version 5 has properties, if only their length.
        this.#version ??= bytes.length === 2 ? 4 : VERSION_5;
        body.skip(1);
        const code = body.byte();
        if (code === undefined) return undefined;
        return { kind: code === 0 ? 'ack' : 'error', name, value: `{"reasonCode":${code}}` };
      }
      case PINGREQ:
        return bytes.length === 0 ? { kind: 'ping', name } : undefined;
      case PINGRESP:
        return bytes.length === 0 ? { kind: 'pong', name } : undefined;
      case DISCONNECT:
      case AUTH: {
        if (bytes.length > 0) this.#version ??= VERSION_5;
        const code = body.byte() ?? 0;
        const kind = type === AUTH ? 'event' : code >= FAILURE ? 'error' : 'close';
        return { kind, name, ...(bytes.length > 0 ? { value: `{"reasonCode":${code}}` } : {}) };
      }
    }
    const id = body.uint16();
    if (id === undefined) return undefined;
    switch (type) {
      case SUBSCRIBE:
      case UNSUBSCRIBE:
        return this.#filters(body, type, { kind: 'call', name, id });
      case SUBACK:
      case UNSUBACK:
        return this.#codes(body, type, { kind: 'ack', name, id });
      default: {
        const code = body.byte() ?? 0;
        const kind = type === PUBREL ? 'call' : code >= FAILURE ? 'error' : 'ack';
        const value = bytes.length > 2 ? { value: `{"reasonCode":${code}}` } : {};
        // The second half of QoS 2 has the id of the first one (section 4.3.3).
        return { kind, name, id, ...value, ...(type === PUBREL || type === PUBCOMP ? { exchange: 'release' } : {}) };
      }
    }
  }

  #connect(body: MqttBody, name: string): Meaning | undefined {
    const protocol = body.string();
    const version = body.byte();
    if (version === undefined || (protocol !== 'MQTT' && protocol !== 'MQIsdp')) return undefined;
    this.#version = version;
    const flags = body.byte();
    const keepAlive = body.uint16();
    if (flags === undefined || keepAlive === undefined) return undefined;
    if (version === VERSION_5 && !body.skipProperties()) return undefined;
    const client = body.string();
    if (client === undefined) return undefined;
    const value = `{"version":${version},"clientId":${JSON.stringify(client)},"keepAlive":${keepAlive}}`;
    return { kind: 'open', name, value };
  }

  #publish(body: MqttBody, flags: number, direction: Direction): Meaning | undefined {
    const qos = (flags >>> 1) & 3;
    let topic = body.string();
    const id = qos === 0 ? undefined : body.uint16();
    if (topic === undefined || qos === 3 || (qos > 0 && id === undefined)) return undefined;
    const base = { kind: qos === 0 ? ('event' as const) : ('call' as const), name: NAMES[PUBLISH]!, id };
    // Where the properties of version 5 end is where the payload begins.
    if (this.#version === undefined) return { ...base, ...(topic === '' ? {} : { channel: topic }) };
    if (this.#version === VERSION_5) {
      const properties = body.properties();
      if (properties === undefined) return undefined;
      const { topicAlias } = properties;
      const aliases = this.#aliases[direction];
      if (topicAlias !== undefined && topic !== '') aliases.set(topicAlias, topic);
      else if (topicAlias !== undefined) topic = aliases.get(topicAlias) ?? '';
    }
    return { ...base, ...(topic === '' ? {} : { channel: topic }), ...payloadOf(body.rest()) };
  }

  #filters(body: MqttBody, type: number, base: Meaning): Meaning | undefined {
    if (this.#version === undefined) return base;
    if (this.#version === VERSION_5 && !body.skipProperties()) return undefined;
    const filters: string[] = [];
    while (!body.isAtEnd) {
      const filter = body.string();
      if (filter === undefined) return undefined;
      filters.push(filter);
      if (type === SUBSCRIBE && body.byte() === undefined) return undefined;
    }
    const [only] = filters;
    const value = `[${filters.map((filter) => JSON.stringify(filter)).join(',')}]`;
    return { ...base, ...(filters.length === 1 ? { channel: only } : {}), value };
  }

  #codes(body: MqttBody, type: number, base: Meaning): Meaning | undefined {
    if (this.#version === undefined) return base;
    if (this.#version === VERSION_5 && !body.skipProperties()) return undefined;
    const codes = [...body.rest()];
    if (type === UNSUBACK && codes.length === 0) return base;
    const failed = codes.length > 0 && codes.every((code) => code >= FAILURE);
    return { ...base, kind: failed ? 'error' : base.kind, value: `{"reasonCodes":[${codes.join(',')}]}` };
  }
}

function payloadOf(bytes: Buffer): Pick<Meaning, 'value' | 'raw'> {
  if (bytes.length === 0) return {};
  const text = isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  return text !== undefined && readJson(text) !== undefined ? { value: text } : { raw: text ?? rawText(bytes) };
}

const MOST_LENGTH_BYTES = 4;

function packetAt(bytes: Buffer, at: number): { packet: Packet; end: number } | 'more' | 'none' {
  const type = bytes[at]! >>> 4;
  const flags = bytes[at]! & 15;
  if (type === 0 || (type !== PUBLISH && flags !== (FLAGS[type] ?? 0))) return 'none';
  let length = 0;
  let from = at + 1;
  for (let index = 0; ; index++) {
    if (index === MOST_LENGTH_BYTES) return 'none';
    if (from >= bytes.length) return 'more';
    const byte = bytes[from++]!;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) break;
  }
  const end = from + length;
  return end > bytes.length ? 'more' : { packet: { type, flags, body: bytes.subarray(from, end) }, end };
}
