import { be, join, le, lines, prefixed, rounds, type Generator, type Random } from './random.js';

function row(random: Random): Buffer {
  return random.payload(random.between(4, 120));
}

/** A packet of MySQL: a length of three bytes, a number, a payload. */
function mysql(number: number, body: Buffer): Buffer {
  return join(le(3, body.length), number & 255, body);
}

/** Databases and caches. */
export const DATABASES: Readonly<Record<string, Generator>> = {
  redis: (random) =>
    rounds(random, [], (index) => {
      const value = row(random);
      const command = ['SET', `key:${index}`].map((word) => `$${word.length}\r\n${word}\r\n`).join('');
      return [
        [0, join(`*3\r\n${command}$${value.length}\r\n`, value, '\r\n')],
        [1, Buffer.from(random.pick(['+OK\r\n', ':1\r\n', '$-1\r\n']))],
        [1, join(`$${value.length}\r\n`, value, '\r\n')],
      ];
    }),
  postgresql: (random) =>
    rounds(random, [[0, prefixed(4, join(be(4, 196_608), 'user\0anna\0\0'), 4)]], () => {
      const typed = (type: string, body: Buffer): Buffer => join(type, prefixed(4, body, 4));
      const rows = Array.from({ length: random.between(1, 10) }, () =>
        typed('D', join(be(2, 2), prefixed(4, row(random)), be(4, 0xffff_ffff))),
      );
      return [
        [0, typed('Q', Buffer.from(`SELECT ${random.word()} FROM ${random.word()}\0`))],
        [1, Buffer.concat([...rows, typed('C', Buffer.from('SELECT 3\0')), typed('Z', Buffer.from('I'))])],
      ];
    }),
  mysql: (random) =>
    rounds(
      random,
      [
        [1, mysql(0, join(10, '8.0.36\0', random.bytes(60)))],
        [0, mysql(1, random.bytes(90))],
        [1, mysql(2, Buffer.of(0, 0, 0, 2, 0, 0, 0))],
      ],
      () => {
        const rows = Array.from({ length: random.between(1, 9) }, (_, index) =>
          mysql(index + 3, prefixed(1, random.payload(random.between(3, 120)))),
        );
        return [
          [0, mysql(0, join(3, `SELECT ${random.word()}`))],
          [1, Buffer.concat([mysql(1, Buffer.of(1)), ...rows, mysql(12, Buffer.of(0xfe, 0, 0, 2, 0))])],
        ];
      },
    ),
  mongodb: (random) =>
    rounds(random, [], (index) => {
      const document = (): Buffer => {
        const text = join(row(random), 0);
        const fields = join(2, `${random.word()}\0`, le(4, text.length), text, 0x10, `n\0`, le(4, index));
        return join(le(4, fields.length + 5), fields, 0);
      };
      const message = (to: number): Buffer => {
        const body = join(le(4, 0), 0, document());
        return join(le(4, body.length + 16), le(4, index), le(4, to), le(4, 2013), body);
      };
      return [
        [0, message(0)],
        [1, message(index)],
      ];
    }),
  cassandra: (random) =>
    rounds(random, [], (index) => {
      const frame = (version: number, opcode: number, body: Buffer): Buffer =>
        join(version, 0, be(2, index), opcode, prefixed(4, body));
      const rows = Array.from({ length: random.between(1, 12) }, () => prefixed(4, row(random)));
      return [
        [0, frame(4, 7, join(prefixed(4, Buffer.from(`SELECT * FROM ${random.word()}`)), be(2, 1), 0))],
        [1, frame(0x84, 8, join(be(4, 2), be(4, 1), be(4, 1), be(4, rows.length), ...rows))],
      ];
    }),
  'memcached in binary': (random) =>
    rounds(random, [], (index) => {
      const packet = (magic: number, key: Buffer, value: Buffer): Buffer =>
        join(
          magic,
          0,
          be(2, key.length),
          0,
          0,
          be(2, 0),
          be(4, key.length + value.length),
          be(4, index),
          be(4, 0),
          be(4, 1),
          key,
          value,
        );
      return [
        [0, packet(0x80, Buffer.from(random.word()), Buffer.alloc(0))],
        [1, packet(0x81, Buffer.alloc(0), random.payload(random.between(4, 700)))],
      ];
    }),
  'memcached in text': (random) =>
    rounds(random, [], () => {
      const value = row(random);
      return [
        lines(0, `get ${random.word()}`),
        [1, join(`VALUE ${random.word()} 0 ${value.length}\r\n`, value, '\r\nEND\r\n')],
      ];
    }),
};
