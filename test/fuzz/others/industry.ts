import { be, join, le, prefixed, rounds, type Generator, type Random } from './random.js';

/** CRC-16/DNP of IEEE 1815, a block at a time. */
function crcDnp(block: Buffer): Buffer {
  let crc = 0;
  for (const byte of block) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa6bc : crc >>> 1;
  }
  return le(2, ~crc & 0xffff);
}

function dnp3(random: Random, control: number, user: Buffer): Buffer {
  const header = join(0x05, 0x64, 5 + user.length, control, le(2, random.below(20)), le(2, random.below(20)));
  const blocks: Buffer[] = [header, crcDnp(header)];
  for (let at = 0; at < user.length; at += 16)
    blocks.push(user.subarray(at, at + 16), crcDnp(user.subarray(at, at + 16)));
  return Buffer.concat(blocks);
}

/** TPKT (RFC 1006) with a COTP data unit. */
function tpkt(body: Buffer): Buffer {
  return join(3, 0, be(2, body.length + 7), 2, 0xf0, 0x80, body);
}

/** A process value that changes little: what these protocols carry. */
function values(random: Random, count: number, bytes: 2 | 4): Buffer {
  let value = random.below(1000);
  return Buffer.concat(
    Array.from({ length: count }, () => {
      value = Math.max(0, value + random.between(-3, 3));
      return be(bytes, value);
    }),
  );
}

/** Protocols of plants and grids. */
export const INDUSTRY: Readonly<Record<string, Generator>> = {
  modbus: (random) =>
    rounds(random, [], (index) => {
      const unit = random.between(1, 5);
      const count = random.between(1, 60);
      const adu = (pdu: Buffer): Buffer => join(be(2, index), be(2, 0), prefixed(2, join(unit, pdu)));
      return [
        [0, adu(join(3, be(2, random.below(500)), be(2, count)))],
        [1, adu(join(3, count * 2, values(random, count, 2)))],
      ];
    }),
  dnp3: (random) =>
    rounds(random, [], (index) => {
      const ask = join(0xc0 | (index & 15), 0xc0 | (index & 15), 0x01, 0x3c, random.between(1, 4), 0x06);
      const data = join(
        0xc0 | (index & 15),
        0xc0 | (index & 15),
        0x81,
        0,
        0,
        0x1e,
        2,
        1,
        le(2, 0),
        le(2, 9),
        values(random, 10, 2),
      );
      return [
        [0, dnp3(random, 0xc4, ask)],
        [1, dnp3(random, 0x44, data)],
      ];
    }),
  s7: (random) =>
    rounds(
      random,
      [
        [0, join(3, 0, be(2, 22), 17, 0xe0, 0, 0, 0, 1, 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2)],
        [1, join(3, 0, be(2, 22), 17, 0xd0, 0, 1, 0, 1, 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2)],
      ],
      (index) => {
        const item = join(0x12, 0x0a, 0x10, 2, be(2, 8), be(2, 1), 0x84, be(3, random.below(9999)));
        const data = values(random, 4, 2);
        return [
          [0, tpkt(join(0x32, 1, be(2, 0), be(2, index), be(2, 14), be(2, 0), 4, 1, item))],
          [1, tpkt(join(0x32, 3, be(2, 0), be(2, index), be(2, 2), be(2, 12), 0, 0, 4, 1, 0xff, 4, be(2, 64), data))],
        ];
      },
    ),
  iec104: (random) =>
    rounds(
      random,
      [
        [0, join(0x68, 4, 0x07, 0, 0, 0)],
        [1, join(0x68, 4, 0x0b, 0, 0, 0)],
      ],
      (index) => {
        const asdu = join(random.pick([0x0d, 0x24, 0x01]), 1, 3, 0, 1, 0, le(3, random.below(4000)), random.bytes(5));
        const apdu = join(0x68, asdu.length + 4, le(2, index * 2), le(2, 0), asdu);
        return index % 8 === 7
          ? [
              [1, apdu],
              [0, join(0x68, 4, 1, 0, le(2, index * 2))],
            ]
          : [[1, apdu]];
      },
    ),
  c37118: (random) =>
    rounds(
      random,
      [[0, join(0xaa, 0x41, be(2, 18), be(2, 7), be(4, 1_700_000_000), be(4, 0), be(2, 2), be(2, 0))]],
      (index) => {
        const body = join(
          be(2, 7),
          be(4, 1_700_000_000 + (index >> 5)),
          be(4, index * 20_000),
          be(2, 0),
          values(random, 12, 4),
        );
        return [[1, join(0xaa, 0x01, be(2, body.length + 6), body, random.bytes(2))]];
      },
    ),
};
