import { isUtf8 } from '../../common/node/buffer.js';

/** Bytes of the value of each property (MQTT 5 section 2.2.2.2): a number, or how it is written. */
const PROPERTIES: Readonly<Record<number, number | 'string' | 'pair' | 'varint'>> = {
  0x01: 1,
  0x02: 4,
  0x03: 'string',
  0x08: 'string',
  0x09: 'string',
  0x0b: 'varint',
  0x11: 4,
  0x12: 'string',
  0x13: 2,
  0x15: 'string',
  0x16: 'string',
  0x17: 1,
  0x18: 4,
  0x19: 1,
  0x1a: 'string',
  0x1c: 'string',
  0x1f: 'string',
  0x21: 2,
  0x22: 2,
  0x23: 2,
  0x24: 1,
  0x25: 1,
  0x26: 'pair',
  0x27: 4,
  0x28: 1,
  0x29: 1,
  0x2a: 1,
};
const TOPIC_ALIAS = 0x23;

/** Reads the fields of an MQTT packet, one after the other. Each is `undefined` where the packet ends before it does. */
export class MqttBody {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  skip(length: number): boolean {
    this.#at += length;
    return this.#at <= this.#bytes.length;
  }

  byte(): number | undefined {
    return this.#at < this.#bytes.length ? this.#bytes[this.#at++] : undefined;
  }

  uint16(): number | undefined {
    if (this.#at + 2 > this.#bytes.length) return undefined;
    this.#at += 2;
    return this.#bytes.readUInt16BE(this.#at - 2);
  }

  /** Text with its length before it. */
  string(): string | undefined {
    const length = this.uint16();
    if (length === undefined || this.#at + length > this.#bytes.length) return undefined;
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  }

  /** The bytes that are left. */
  rest(): Buffer {
    const rest = this.#bytes.subarray(Math.min(this.#at, this.#bytes.length));
    this.#at = this.#bytes.length;
    return rest;
  }

  skipProperties(): boolean {
    return this.properties() !== undefined;
  }

  /** The properties of version 5. */
  properties(): { readonly topicAlias?: number } | undefined {
    const length = this.#varint();
    if (length === undefined) return undefined;
    const end = this.#at + length;
    if (end > this.#bytes.length) return undefined;
    let topicAlias: number | undefined;
    while (this.#at < end) {
      const id = this.#varint();
      const form = id === undefined ? undefined : PROPERTIES[id];
      if (form === undefined) return undefined;
      if (id === TOPIC_ALIAS) topicAlias = this.uint16();
      else if (!this.#skipValue(form)) return undefined;
    }
    if (this.#at !== end) return undefined;
    return topicAlias === undefined ? {} : { topicAlias };
  }

  #skipValue(form: number | 'string' | 'pair' | 'varint'): boolean {
    if (typeof form === 'number') return this.skip(form);
    if (form === 'varint') return this.#varint() !== undefined;
    for (let strings = form === 'pair' ? 2 : 1; strings > 0; strings--) {
      const length = this.uint16();
      if (length === undefined || !this.skip(length)) return false;
    }
    return true;
  }

  #varint(): number | undefined {
    let value = 0;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.byte();
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  }
}
