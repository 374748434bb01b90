import { be, join, lines, prefixed, rounds, type Generator, type Random } from './random.js';

/** A packet of RTP (RFC 3550 section 5.1). */
function rtp(random: Random, index: number, most = 1200): Buffer {
  return join(
    0x80,
    random.pick([96, 0xe0, 0]),
    be(2, index),
    be(4, index * 160),
    be(4, 0x1234_5678),
    random.bytes(random.between(20, most)),
  );
}

/** Packets of an MPEG transport stream (ISO/IEC 13818-1 2.4.3). */
function transportStream(random: Random, index: number): Buffer {
  return Buffer.concat(
    Array.from({ length: 7 }, (_, place) => {
      const pid = random.pick([0x100, 0x101, 0x1fff]);
      const filler = pid === 0x1fff ? Buffer.alloc(184, 0xff) : random.bytes(184);
      return join(0x47, be(2, pid), 0x10 | ((index + place) & 15), filler);
    }),
  );
}

/** Chunks of RTMP (section 5.3 of its specification). */
function rtmp(random: Random, index: number): Buffer {
  const body = random.payload(random.between(20, 400));
  const head = join(
    random.pick([0x04, 0x06, 0x07]),
    be(3, index * 20),
    be(3, body.length),
    random.pick([8, 9, 0x12]),
    Buffer.of(1, 0, 0, 0),
  );
  const parts: Buffer[] = [head];
  for (let at = 0; at < body.length; at += 128)
    parts.push(...(at > 0 ? [Buffer.of(0xc6)] : []), body.subarray(at, at + 128));
  return Buffer.concat(parts);
}

/** Pictures and sound. */
export const MEDIA: Readonly<Record<string, Generator>> = {
  rtmp: (random) =>
    rounds(
      random,
      [
        [0, join(3, be(4, 0), be(4, 0), random.bytes(1528))],
        [1, join(3, be(4, 0), be(4, 0), random.bytes(1528))],
      ],
      (index) => [[index % 9 === 0 ? 0 : 1, rtmp(random, index)]],
    ),
  'mpeg transport stream': (random) => rounds(random, [], (index) => [[1, transportStream(random, index)]]),
  'rtsp with interleaved media': (random) =>
    rounds(
      random,
      [lines(0, 'PLAY rtsp://example.test/a RTSP/1.0', 'CSeq: 4', ''), lines(1, 'RTSP/1.0 200 OK', 'CSeq: 4', '')],
      (index) => {
        const packets = Array.from({ length: random.between(1, 4) }, (_, place) =>
          join('$', random.pick([0, 1, 2]), prefixed(2, rtp(random, index * 4 + place))),
        );
        return [[1, Buffer.concat(packets)]];
      },
    ),
  'rtp over tcp': (random) =>
    rounds(random, [], (index) => [[random.below(2) as 0 | 1, prefixed(2, rtp(random, index, 300))]]),
  'flash video over http': (random) =>
    rounds(
      random,
      [
        lines(0, 'GET /live.flv HTTP/1.1', 'Host: example.test', ''),
        lines(1, 'HTTP/1.1 200 OK', 'Content-Type: video/x-flv', ''),
        [1, join('FLV', 1, 5, be(4, 9), be(4, 0))],
      ],
      (index) => {
        const body = random.bytes(random.between(30, 1500));
        return [
          [
            1,
            join(
              random.pick([8, 9]),
              be(3, body.length),
              be(3, index * 40),
              0,
              be(3, 0),
              body,
              be(4, body.length + 11),
            ),
          ],
        ];
      },
    ),
};
