import { be, join, le, lines, prefixed, rounds, type Generator, type Random } from './random.js';

function name(random: Random): Buffer {
  return join(prefixed(1, Buffer.from(random.word())), prefixed(1, Buffer.from('test')), 0);
}

function bgp(type: number, body: Buffer): Buffer {
  return join(Buffer.alloc(16, 0xff), be(2, body.length + 19), type, body);
}

function tls(type: number, body: Buffer): Buffer {
  return join(type, 3, 3, prefixed(2, body));
}

function http(random: Random, body: Buffer): Buffer {
  const type = random.pick(['application/octet-stream', 'text/html', 'application/json', 'video/mp4']);
  return join(lines(1, 'HTTP/1.1 200 OK', `Content-Type: ${type}`, `Content-Length: ${body.length}`, '')[1], body);
}

/** What the net itself runs on, files, screens, and bodies of HTTP. */
export const NETWORK: Readonly<Record<string, Generator>> = {
  'dns over tcp': (random) =>
    rounds(random, [], (index) => {
      const question = join(name(random), be(2, 1), be(2, 1));
      const answers = Array.from({ length: random.between(1, 20) }, () =>
        join(be(2, 0xc00c), be(2, 1), be(2, 1), be(4, 300), prefixed(2, random.bytes(4))),
      );
      const head = (flags: number, count: number): Buffer =>
        join(be(2, index), be(2, flags), be(2, 1), be(2, count), be(2, 0), be(2, 0));
      return [
        [0, prefixed(2, join(head(0x0100, 0), question))],
        [1, prefixed(2, join(head(0x8180, answers.length), question, ...answers))],
      ];
    }),
  bgp: (random) =>
    rounds(
      random,
      [
        [0, bgp(1, join(4, be(2, 65_001), be(2, 180), be(4, 0x0a00_0001), 0))],
        [1, bgp(1, join(4, be(2, 65_002), be(2, 180), be(4, 0x0a00_0002), 0))],
      ],
      () => {
        const attributes = join(0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, be(4, 65_001), 0x40, 3, 4, random.bytes(4));
        const routes = Array.from({ length: random.between(1, 40) }, () => join(24, random.bytes(3)));
        return [
          [0, bgp(2, join(be(2, 0), prefixed(2, attributes), ...routes))],
          [1, bgp(4, Buffer.alloc(0))],
        ];
      },
    ),
  'tls without keys': (random) =>
    rounds(
      random,
      [
        [0, tls(22, join(1, prefixed(3, join(3, 3, random.bytes(200)))))],
        [1, tls(22, join(2, prefixed(3, join(3, 3, random.bytes(80)))))],
      ],
      () => [[random.below(2) as 0 | 1, tls(23, random.bytes(random.between(20, 1400)))]],
    ),
  ssh: (random) =>
    rounds(random, [lines(0, 'SSH-2.0-OpenSSH_9.2'), lines(1, 'SSH-2.0-OpenSSH_9.6')], () => [
      [random.below(2) as 0 | 1, random.bytes(4 * random.between(9, 300))],
    ]),
  'http with bodies': (random) =>
    rounds(random, [], () => [
      lines(0, `GET /${random.word()} HTTP/1.1`, 'Host: example.test', ''),
      [1, http(random, random.payload(random.between(10, 5000)))],
    ]),
  'http in chunks': (random) =>
    rounds(random, [], () => {
      const chunk = (length: number): Buffer => join(`${length.toString(16)}\r\n`, random.payload(length), '\r\n');
      return [
        lines(0, `POST /${random.word()} HTTP/1.1`, 'Host: example.test', 'Content-Length: 4', '', 'ab'),
        [
          1,
          join(
            lines(1, 'HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '')[1],
            chunk(random.between(1, 900)),
            chunk(random.between(1, 300)),
            '0\r\n\r\n',
          ),
        ],
      ];
    }),
  'http with heads in small segments': (random) =>
    rounds(random, [], () => {
      const fields = Array.from({ length: random.between(1, 6) }, () => `${random.word()}: ${random.text(12)}`);
      const ask = lines(0, `GET /${random.word()} HTTP/1.1`, 'Host: example.test', ...fields, '')[1];
      const answer = join(lines(1, 'HTTP/1.1 200 OK', ...fields, 'Content-Length: 4', '')[1], 'body');
      return (
        [
          [0, ask],
          [1, answer],
        ] as const
      ).flatMap(([side, bytes]) =>
        Array.from(
          { length: Math.ceil(bytes.length / 16) },
          (_, at) => [side, bytes.subarray(at * 16, at * 16 + 16)] as const,
        ),
      );
    }),
  'server-sent events': (random) =>
    rounds(
      random,
      [
        lines(0, 'GET /events HTTP/1.1', 'Host: example.test', ''),
        lines(1, 'HTTP/1.1 200 OK', 'Content-Type: text/event-stream', ''),
      ],
      (index) => [[1, Buffer.from(`id: ${index}\ndata: ${random.text(random.between(2, 200))}\n\n`)]],
    ),
  'ftp data': (random) => rounds(random, [], () => [[1, random.payload(random.between(500, 4000))]]),
  git: (random) =>
    rounds(random, [], (index) => {
      const packet = (body: Buffer): Buffer => join((body.length + 4).toString(16).padStart(4, '0'), body);
      const hash = random.bytes(20).toString('hex');
      return [
        [0, packet(Buffer.from(index === 0 ? 'git-upload-pack /p.git\0host=a.test\0' : `want ${hash}\n`))],
        [
          1,
          packet(
            index % 3 === 0
              ? Buffer.from(`${hash} refs/heads/${random.word()}\n`)
              : join(1, random.bytes(random.between(50, 1200))),
          ),
        ],
      ];
    }),
  bittorrent: (random) =>
    rounds(
      random,
      [0, 1].map(
        (side) => [side as 0 | 1, join(19, 'BitTorrent protocol', Buffer.alloc(8), random.bytes(40))] as const,
      ),
      (index) => [
        [0, prefixed(4, join(6, be(4, index), be(4, 0), be(4, 16_384)))],
        [1, prefixed(4, join(7, be(4, index), be(4, 0), random.bytes(random.between(200, 3000))))],
        [
          random.below(2) as 0 | 1,
          random.pick([be(4, 0), join(be(4, 1), random.below(4)), join(be(4, 5), 4, be(4, index))]),
        ],
      ],
    ),
  rfb: (random) =>
    rounds(
      random,
      [
        [1, Buffer.from('RFB 003.008\n')],
        [0, Buffer.from('RFB 003.008\n')],
      ],
      () => {
        const [width, height] = [random.between(4, 20), random.between(4, 20)];
        const rectangle = join(
          be(2, random.below(800)),
          be(2, random.below(600)),
          be(2, width),
          be(2, height),
          be(4, 0),
        );
        return [
          [
            0,
            random.pick([
              join(3, 1, be(2, 0), be(2, 0), be(2, 800), be(2, 600)),
              join(5, 0, be(2, random.below(800)), be(2, 9)),
              join(4, 1, be(2, 0), be(4, 0x61)),
            ]),
          ],
          [1, join(0, 0, be(2, 1), rectangle, random.payload(width * height * 4))],
        ];
      },
    ),
  'a protocol of its own, with a type and a length of one byte': (random) =>
    rounds(random, [], () => [
      [
        random.below(2) as 0 | 1,
        join(random.pick([1, 2, 3, 0x80, 0x81, 0x82, 0x83]), prefixed(1, random.bytes(random.between(1, 125)))),
      ],
    ]),
  'a protocol of its own, with a little-endian length': (random) =>
    rounds(random, [], () => {
      const body = random.payload(random.between(1, 900));
      return [[random.below(2) as 0 | 1, join(le(2, body.length), random.below(16), body)]];
    }),
};
