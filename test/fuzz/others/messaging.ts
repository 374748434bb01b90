import { be, join, lines, prefixed, rounds, varint, type Generator, type Random } from './random.js';

function mqtt(type: number, body: Buffer): Buffer {
  return join(type, varint(body.length), body);
}

function amqp(type: number, channel: number, body: Buffer): Buffer {
  return join(type, be(2, channel), prefixed(4, body), 0xce);
}

/** What a broker carries: readings, as JSON or as bytes. */
function reading(random: Random): Buffer {
  return random.payload(random.between(5, 300));
}

/** Brokers, chats, and texts in lines. */
export const MESSAGING: Readonly<Record<string, Generator>> = {
  mqtt: (random) =>
    rounds(
      random,
      [
        [
          0,
          mqtt(0x10, join(prefixed(2, Buffer.from('MQTT')), 4, 2, be(2, 60), prefixed(2, Buffer.from(random.word())))),
        ],
        [1, Buffer.of(0x20, 2, 0, 0)],
        [0, mqtt(0x82, join(be(2, 1), prefixed(2, Buffer.from('sensors/#')), 1))],
        [1, Buffer.of(0x90, 3, 0, 1, 1)],
      ],
      (index) => {
        const topic = prefixed(2, Buffer.from(`sensors/${random.word()}/temperature`));
        if (index % 10 === 9)
          return [
            [0, Buffer.of(0xc0, 0)],
            [1, Buffer.of(0xd0, 0)],
          ];
        return [
          [1, mqtt(0x32, join(topic, be(2, index + 1), reading(random)))],
          [0, join(0x40, 2, be(2, index + 1))],
        ];
      },
    ),
  amqp: (random) =>
    rounds(
      random,
      [
        [0, Buffer.from('AMQP\0\0\x09\x01', 'latin1')],
        [
          1,
          amqp(
            1,
            0,
            join(
              be(2, 10),
              be(2, 10),
              0,
              9,
              be(4, 0),
              prefixed(4, Buffer.from('PLAIN')),
              prefixed(4, Buffer.from('en_US')),
            ),
          ),
        ],
      ],
      (index) => {
        const body = reading(random);
        const deliver = join(
          be(2, 60),
          be(2, 60),
          prefixed(1, Buffer.from('ctag')),
          be(4, 0),
          be(4, index),
          0,
          0,
          prefixed(1, Buffer.from(random.word())),
        );
        const header = join(
          be(2, 60),
          be(2, 0),
          be(4, 0),
          be(4, body.length),
          be(2, 0x8000),
          prefixed(1, Buffer.from('application/json')),
        );
        return [
          [1, Buffer.concat([amqp(1, 1, deliver), amqp(2, 1, header), amqp(3, 1, body)])],
          [0, amqp(1, 1, join(be(2, 60), be(2, 80), be(4, 0), be(4, index), 0))],
        ];
      },
    ),
  kafka: (random) =>
    rounds(random, [], (index) => {
      const topic = prefixed(2, Buffer.from(random.word()));
      const records = random.payload(random.between(60, 1500));
      const request = join(
        be(2, 1),
        be(2, 11),
        be(4, index),
        prefixed(2, Buffer.from('consumer-1')),
        be(4, 500),
        be(4, 1),
        topic,
      );
      const response = join(
        be(4, index),
        be(4, 0),
        be(4, 1),
        topic,
        be(4, 1),
        be(4, 0),
        be(2, 0),
        be(4, 0),
        be(4, index),
        prefixed(4, records),
      );
      return [
        [0, prefixed(4, request)],
        [1, prefixed(4, response)],
      ];
    }),
  stomp: (random) =>
    rounds(
      random,
      [
        [0, Buffer.from('CONNECT\naccept-version:1.2\nhost:example.test\n\n\0')],
        [1, Buffer.from('CONNECTED\nversion:1.2\nheart-beat:0,0\n\n\0')],
        [0, Buffer.from('SUBSCRIBE\nid:0\ndestination:/queue/a\nack:auto\n\n\0')],
      ],
      (index) => {
        const body = reading(random);
        const head = `MESSAGE\nsubscription:0\nmessage-id:${index}\ndestination:/queue/a\ncontent-length:${body.length}\n\n`;
        return index % 6 === 5
          ? [
              [0, Buffer.from('\n')],
              [1, Buffer.from('\n')],
            ]
          : [[1, join(head, body, 0)]];
      },
    ),
  xmpp: (random) =>
    rounds(
      random,
      [
        [0, Buffer.from("<?xml version='1.0'?><stream:stream to='example.test' xmlns='jabber:client' version='1.0'>")],
        [1, Buffer.from("<?xml version='1.0'?><stream:stream id='1' from='example.test' version='1.0'>")],
      ],
      (index) => [
        [
          random.below(2) as 0 | 1,
          Buffer.from(
            `<message id='${index}' type='chat'><body>${random.text(random.between(3, 120))}</body></message>`,
          ),
        ],
        [0, Buffer.from(index % 5 === 0 ? ' ' : `<presence><priority>${index}</priority></presence>`)],
      ],
    ),
  irc: (random) =>
    rounds(random, [lines(0, 'NICK anna', 'USER anna 0 * :Anna')], (index) => [
      lines(1, `:${random.word()}!u@host.test PRIVMSG #room :${random.text(random.between(2, 100))}`),
      index % 7 === 6 ? lines(1, 'PING :host.test') : lines(0, `PRIVMSG #room :${random.text(20)}`),
    ]),
  telnet: (random) =>
    rounds(
      random,
      [
        [1, Buffer.of(0xff, 0xfd, 0x18, 0xff, 0xfd, 0x20, 0xff, 0xfd, 0x23, 0xff, 0xfd, 0x27)],
        [0, Buffer.of(0xff, 0xfb, 0x18, 0xff, 0xfc, 0x20, 0xff, 0xfc, 0x23, 0xff, 0xfb, 0x27)],
      ],
      () => {
        const key = Buffer.from(random.pick(['a', 'b', ' ', '\r']));
        return [
          [0, key],
          [1, key],
          [1, Buffer.from(`\r\n${random.text(random.between(0, 200))}\r\n$ `)],
        ];
      },
    ),
  smtp: (random) =>
    rounds(
      random,
      [lines(1, '220 mail.example.test ESMTP'), lines(0, 'EHLO a.test'), lines(1, '250-mail', '250 8BITMIME')],
      () => [
        lines(0, `MAIL FROM:<${random.word()}@a.test>`),
        lines(1, '250 OK'),
        lines(0, 'DATA'),
        lines(1, '354 go on'),
        lines(0, `Subject: ${random.text(20)}`, '', random.text(random.between(10, 900)), '.'),
        lines(1, '250 queued'),
      ],
    ),
  imap: (random) =>
    rounds(random, [lines(1, '* OK IMAP4rev1')], (index) => {
      const body = random.payload(random.between(100, 1400));
      return [
        lines(0, `a${index} FETCH ${index} (BODY[])`),
        [1, join(`* ${index} FETCH (BODY[] {${body.length}}\r\n`, body, `)\r\na${index} OK done\r\n`)],
      ];
    }),
  fix: (random) =>
    rounds(random, [], (index) => {
      const body = `35=${random.pick(['D', '8', '0', 'W'])}\x0149=BUY\x0156=SELL\x0134=${index}\x0155=${random.word(4)}\x0144=${random.below(9999)}\x01`;
      return [
        [
          random.below(2) as 0 | 1,
          Buffer.from(`8=FIX.4.4\x019=${body.length}\x01${body}10=${String(random.below(256)).padStart(3, '0')}\x01`),
        ],
      ];
    }),
};
