import { be, join, le, lines, prefixed, rounds, varint, type Generator, type Random } from './random.js';

/** BER with definite lengths (X.690 8.1.3). */
function ber(tag: number, ...content: readonly (Buffer | string | number)[]): Buffer {
  const body = join(...content);
  const length =
    body.length < 128
      ? Buffer.of(body.length)
      : body.length < 256
        ? Buffer.of(0x81, body.length)
        : join(0x82, be(2, body.length));
  return join(tag, length, body);
}

/** The fields of a protobuf message (the wire format of protobuf.dev). */
function protobuf(random: Random): Buffer {
  return Buffer.concat(
    Array.from({ length: random.between(1, 8) }, (_, index) => {
      const field = index + 1;
      if (random.below(2) === 0) return join(varint(field << 3), varint(random.below(100_000)));
      const bytes = random.payload(random.between(1, 200));
      return join(varint((field << 3) | 2), varint(bytes.length), bytes);
    }),
  );
}

function http2(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  return join(be(3, payload.length), type, flags, be(4, stream), payload);
}

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** A call over HTTP/2: headers, a body, headers; `body` is the request's and the answer's. */
function http2Calls(random: Random, body: () => Buffer): ReturnType<Generator> {
  return rounds(
    random,
    [
      [0, join(PREFACE, http2(4, 0, 0, Buffer.alloc(0)))],
      [1, http2(4, 0, 0, join(be(2, 3), be(4, 100)))],
      [0, http2(4, 1, 0, Buffer.alloc(0))],
    ],
    (index) => [
      [0, join(http2(1, 4, index * 2 + 1, random.bytes(random.between(10, 80))), http2(0, 1, index * 2 + 1, body()))],
      [1, join(http2(1, 4, index * 2 + 1, Buffer.of(0x88)), http2(0, 0, index * 2 + 1, body()))],
      [1, http2(1, 5, index * 2 + 1, random.bytes(10))],
    ],
  );
}

function diameter(random: Random, flags: number, command: number, index: number): Buffer {
  const avps = Array.from({ length: random.between(2, 6) }, () => {
    const data = random.payload(random.between(4, 60));
    return join(be(4, random.between(257, 300)), 0x40, be(3, data.length + 8), data, Buffer.alloc(-data.length & 3));
  });
  const body = Buffer.concat(avps);
  return join(1, be(3, body.length + 20), flags, be(3, command), be(4, 0), be(4, index), be(4, index * 7), body);
}

/** Remote calls and directories. */
export const CALLS: Readonly<Record<string, Generator>> = {
  thrift: (random) =>
    rounds(random, [], (index) => {
      const message = (type: number): Buffer => {
        const value = random.payload(random.between(3, 120));
        const field = join(0x0b, be(2, 1), prefixed(4, value), 0);
        return prefixed(4, join(0x80, 1, 0, type, prefixed(4, Buffer.from(random.word())), be(4, index), field));
      };
      return [
        [0, message(1)],
        [1, message(2)],
      ];
    }),
  'protobuf with varint lengths': (random) =>
    rounds(random, [], () => {
      const message = protobuf(random);
      return [[random.below(2) as 0 | 1, join(varint(message.length), message)]];
    }),
  'protobuf with lengths of four bytes': (random) =>
    rounds(random, [], () => [[random.below(2) as 0 | 1, prefixed(4, protobuf(random))]]),
  'http/2': (random) => http2Calls(random, () => random.payload(random.between(0, 1200))),
  grpc: (random) => http2Calls(random, () => join(0, prefixed(4, protobuf(random)))),
  'nfs over rpc': (random) =>
    rounds(random, [], (index) => {
      const record = (body: Buffer): Buffer => join(be(4, 0x8000_0000 + body.length), body);
      const xid = be(4, 0x1000_0000 + index);
      const auth = join(be(4, 1), prefixed(4, random.bytes(24)), be(4, 0), be(4, 0));
      const data = random.payload(4 * random.between(8, 300));
      return [
        [
          0,
          record(
            join(xid, be(4, 0), be(4, 2), be(4, 100_003), be(4, 3), be(4, 6), auth, prefixed(4, random.bytes(32))),
          ),
        ],
        [1, record(join(xid, be(4, 1), be(4, 0), be(4, 0), be(4, 0), be(4, 0), be(4, 0), be(4, 1), prefixed(4, data)))],
      ];
    }),
  smb: (random) =>
    rounds(random, [], (index) => {
      const message = (flags: number, body: Buffer): Buffer => {
        const head = join(
          0xfe,
          'SMB',
          le(2, 64),
          le(2, 1),
          le(4, 0),
          le(2, 8),
          le(2, 1),
          le(4, flags),
          le(4, 0),
          le(4, index),
        );
        return join(0, prefixed(3, join(head, Buffer.alloc(36), body)));
      };
      return [
        [0, message(0, join(le(2, 49), random.bytes(47)))],
        [1, message(1, join(le(2, 17), random.bytes(14), random.payload(random.between(20, 1300))))],
      ];
    }),
  ldap: (random) =>
    rounds(random, [], (index) => [
      [
        0,
        ber(
          0x30,
          ber(2, be(2, index)),
          ber(
            0x63,
            ber(4, `dc=${random.word()}`),
            ber(10, 2),
            ber(10, 0),
            ber(2, 0),
            ber(2, 0),
            ber(1, 0),
            ber(0x87, 'objectClass'),
            ber(0x30),
          ),
        ),
      ],
      [
        1,
        ber(
          0x30,
          ber(2, be(2, index)),
          ber(
            0x64,
            ber(4, `cn=${random.word()}`),
            ber(0x30, ber(0x30, ber(4, 'mail'), ber(0x31, ber(4, random.payload(random.between(5, 250)))))),
          ),
        ),
      ],
      [1, ber(0x30, ber(2, be(2, index)), ber(0x65, ber(10, 0), ber(4), ber(4)))],
    ]),
  'asn.1': (random) =>
    rounds(random, [], (index) => {
      const value = (): Buffer =>
        ber(random.pick([0x04, 0x0c, 0x80, 0x81, 0x82, 0x89, 0xa0]), random.payload(random.between(1, 130)));
      return [
        [random.below(2) as 0 | 1, ber(random.pick([0x30, 0x61, 0x81, 0xa2]), ber(2, be(2, index)), value(), value())],
      ];
    }),
  diameter: (random) =>
    rounds(random, [], (index) => [
      [0, diameter(random, 0x80, 272, index)],
      [1, diameter(random, 0, 272, index)],
    ]),
  sip: (random) =>
    rounds(random, [], (index) => {
      const body = `v=0\r\no=- ${index} 1 IN IP4 192.0.2.1\r\ns=${random.word()}\r\nm=audio ${random.below(9999)} RTP/AVP 0\r\n`;
      const fields = [
        `Via: SIP/2.0/TCP host.test;branch=z9hG4bK${index}`,
        `CSeq: ${index} INVITE`,
        `Content-Length: ${body.length}`,
      ];
      return [
        [0, join(lines(0, `INVITE sip:${random.word()}@example.test SIP/2.0`, ...fields, '')[1], body)],
        lines(1, 'SIP/2.0 100 Trying', `CSeq: ${index} INVITE`, 'Content-Length: 0', ''),
        [1, join(lines(1, 'SIP/2.0 200 OK', ...fields, '')[1], body)],
        ...(index % 4 === 0 ? ([[0, Buffer.from('\r\n\r\n')]] as const) : []),
      ];
    }),
};
