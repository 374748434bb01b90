/** Makes pcapng blocks for tests, byte by byte as the draft has them. */
export class PcapngBuilder {
  readonly #littleEndian: boolean;

  constructor(byteOrder: 'little' | 'big' = 'little') {
    this.#littleEndian = byteOrder === 'little';
  }

  u16(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.#littleEndian) bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return bytes;
  }

  u32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    if (this.#littleEndian) bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return bytes;
  }

  u64(value: bigint): Buffer {
    const bytes = Buffer.alloc(8);
    if (this.#littleEndian) bytes.writeBigInt64LE(BigInt.asIntN(64, value));
    else bytes.writeBigInt64BE(BigInt.asIntN(64, value));
    return bytes;
  }

  /** A block of any type; `second` is its second length where that is to be another one. */
  block(type: number, body: Uint8Array, second?: number): Buffer {
    const padding = Buffer.alloc(-body.length & 3);
    const length = 12 + body.length + padding.length;
    return Buffer.concat([this.u32(type), this.u32(length), body, padding, this.u32(second ?? length)]);
  }

  option(code: number, value: Uint8Array): Buffer {
    return Buffer.concat([this.u16(code), this.u16(value.length), value, Buffer.alloc(-value.length & 3)]);
  }

  section(major = 1, minor = 0): Buffer {
    const body = [this.u32(0x1a2b3c4d), this.u16(major), this.u16(minor), this.u64(-1n)];
    return this.block(0x0a0d0d0a, Buffer.concat(body));
  }

  interface(linkType = 1, snapLength = 0, options: readonly Uint8Array[] = []): Buffer {
    return this.block(1, Buffer.concat([this.u16(linkType), this.u16(0), this.u32(snapLength), ...options]));
  }

  packet(bytes: Uint8Array, fields: PacketFields = {}): Buffer {
    const { interface: id = 0, ticks = 0n, original = bytes.length, captured = bytes.length, options = [] } = fields;
    const padding = Buffer.alloc(-bytes.length & 3);
    const lengths = [this.u32(captured), this.u32(original)];
    return this.block(6, Buffer.concat([this.u32(id), this.#time(ticks), ...lengths, bytes, padding, ...options]));
  }

  oldPacket(bytes: Uint8Array, fields: PacketFields & { drops?: number } = {}): Buffer {
    const { interface: id = 0, ticks = 0n, original = bytes.length, drops = 0xffff } = fields;
    const head = [this.u16(id), this.u16(drops), this.#time(ticks), this.u32(bytes.length), this.u32(original)];
    return this.block(2, Buffer.concat([...head, bytes]));
  }

  simplePacket(bytes: Uint8Array, original = bytes.length): Buffer {
    return this.block(3, Buffer.concat([this.u32(original), bytes]));
  }

  statistics(id: number, options: readonly Uint8Array[]): Buffer {
    return this.block(5, Buffer.concat([this.u32(id), this.#time(0n), ...options]));
  }

  secrets(type: number, text: string, length = text.length): Buffer {
    return this.block(10, Buffer.concat([this.u32(type), this.u32(length), Buffer.from(text)]));
  }

  #time(ticks: bigint): Buffer {
    return Buffer.concat([this.u32(Number((ticks >> 32n) & 0xffff_ffffn)), this.u32(Number(ticks & 0xffff_ffffn))]);
  }
}

interface PacketFields {
  interface?: number;
  ticks?: bigint;
  original?: number;
  captured?: number;
  options?: readonly Uint8Array[];
}
