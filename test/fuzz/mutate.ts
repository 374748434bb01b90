import { gzipSync } from 'node:zlib';

/** A change to a capture. Any numbers make one: they are taken modulo what there is to choose from. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Lengths, counts and offsets that programs get wrong. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

const PCAP_HEADER = 24;
const RECORD_HEADER = 16;

type Mutator = (bytes: Buffer, mutation: Mutation, other: Buffer) => Buffer;

const MUTATORS = {
  /** One bit is another one. */
  flip(bytes, { a, b }) {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[a % copy.length]! ^= 1 << (b & 7);
    return copy;
  },

  /** One byte is another one. */
  byte(bytes, { a, b }) {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[a % copy.length] = b & 0xff;
    return copy;
  },

  /** The capture ends early. */
  cut(bytes, { a }) {
    return bytes.subarray(0, a % (bytes.length + 1));
  },

  /** Bytes in the middle are missing. */
  remove(bytes, { a, b }) {
    const from = a % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + (b % 200))]);
  },

  /** Bytes in the middle come twice. */
  repeat(bytes, { a, b }) {
    const from = a % (bytes.length + 1);
    const to = Math.min(bytes.length, from + (b % 2000));
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },

  /** It goes on with another capture, from anywhere. */
  splice(bytes, { a, b }, other) {
    return Buffer.concat([bytes.subarray(0, a % (bytes.length + 1)), other.subarray(b % (other.length + 1))]);
  },

  /** Two bytes, in either order, are an extreme. */
  extreme16(bytes, { a, b, c }) {
    const copy = Buffer.from(bytes);
    const value = EXTREMES[b % EXTREMES.length]! & 0xffff;
    if (copy.length < 2) return copy;
    const at = a % (copy.length - 1);
    if ((c & 1) === 0) copy.writeUInt16BE(value, at);
    else copy.writeUInt16LE(value, at);
    return copy;
  },

  /** Four bytes, in either order, are an extreme. */
  extreme32(bytes, { a, b, c }) {
    const copy = Buffer.from(bytes);
    const value = EXTREMES[b % EXTREMES.length]!;
    if (copy.length < 4) return copy;
    const at = a % (copy.length - 3);
    if ((c & 1) === 0) copy.writeUInt32BE(value, at);
    else copy.writeUInt32LE(value, at);
    return copy;
  },

  dropRecord(bytes, { a }) {
    return withRecords(bytes, (records) => records.filter((_, index) => index !== a % records.length));
  },

  repeatRecord(bytes, { a, b }) {
    return withRecords(bytes, (records) =>
      records.toSpliced(b % (records.length + 1), 0, records[a % records.length]!),
    );
  },

  swapRecords(bytes, { a, b }) {
    return withRecords(bytes, (records) => {
      const [from, to] = [a % records.length, b % records.length];
      return records.with(from, records[to]!).with(to, records[from]!);
    });
  },

  /** The capture begins late. */
  dropFirstRecords(bytes, { a }) {
    return withRecords(bytes, (records) => records.slice(a % (records.length + 1)));
  },

  reverseRecords(bytes, { a, b }) {
    return withRecords(bytes, (records) => {
      const from = a % records.length;
      const to = from + (b % 20);
      return [...records.slice(0, from), ...records.slice(from, to).reverse(), ...records.slice(to)];
    });
  },

  /** The records of another capture come between. */
  mixRecords(bytes, { a }, other) {
    const more = recordsOf(other);
    return withRecords(bytes, (records) => records.toSpliced(a % (records.length + 1), 0, ...(more ?? [])));
  },

  /** Only the first bytes of each packet were kept. */
  snap(bytes, { a }) {
    const length = 20 + (a % 200);
    return withRecords(bytes, (records) =>
      records.map((record) => {
        if (record.length <= RECORD_HEADER + length) return record;
        const cut = Buffer.from(record.subarray(0, RECORD_HEADER + length));
        cut.writeUInt32LE(length, 8);
        return cut;
      }),
    );
  },

  /** One bit of one packet's bytes is another one; the record header stays whole. */
  flipInPacket(bytes, { a, b, c }) {
    return withRecords(bytes, (records) => {
      const index = a % records.length;
      const copy = Buffer.from(records[index]!);
      if (copy.length > RECORD_HEADER) copy[RECORD_HEADER + (b % (copy.length - RECORD_HEADER))]! ^= 1 << (c & 7);
      return records.with(index, copy);
    });
  },

  gzip(bytes, { a }) {
    return gzipSync(bytes, { level: a % 10 });
  },
} satisfies Record<string, Mutator>;

/** The name of a mutator. */
export type MutationKind = keyof typeof MUTATORS;

const BY_KIND: Readonly<Record<MutationKind, Mutator>> = MUTATORS;

/** All of them. */
export const MUTATION_KINDS = Object.keys(MUTATORS) as readonly MutationKind[];

/**
 * A capture with some changes, one after the other.
 *
 * @param other - another capture, for those that put two together
 */
export function mutate(bytes: Buffer, mutations: readonly Mutation[], other: Buffer): Buffer {
  let result = bytes;
  for (const mutation of mutations) {
    result = BY_KIND[mutation.kind](result, mutation, other);
  }
  return result;
}

/** Changes the list of records; what is no pcap file of the usual kind stays as it is. */
function withRecords(bytes: Buffer, change: (records: Buffer[]) => Buffer[]): Buffer {
  const records = recordsOf(bytes);
  if (records === undefined || records.length === 0) return bytes;
  return Buffer.concat([bytes.subarray(0, PCAP_HEADER), ...change(records)]);
}

/** The records of a little-endian pcap file, headers and all. */
function recordsOf(bytes: Buffer): Buffer[] | undefined {
  if (bytes.length < PCAP_HEADER || bytes.readUInt32LE(0) !== 0xa1b2c3d4) return undefined;
  const records: Buffer[] = [];
  let at = PCAP_HEADER;
  while (at + RECORD_HEADER <= bytes.length) {
    const length = RECORD_HEADER + bytes.readUInt32LE(at + 8);
    records.push(bytes.subarray(at, at + length));
    at += length;
  }
  return records;
}
