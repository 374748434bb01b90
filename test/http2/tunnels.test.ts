import { describe, expect, it } from 'vitest';
import type { Side } from '../../src/common/sink.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, connect, data, SERVER_START } from '../support/http2.js';
import { keyLogOf, type Sent } from '../tls/recording.js';
import { clientHello, scriptKeyLog, sealers, serverHello } from '../tls/tls13-script.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const sent = (side: Side, bytes: Buffer | string): Sent => ({ side, bytes: Buffer.from(bytes) });

const PIECES: readonly (readonly [side: Side, bytes: Buffer])[] = [
  [0, CLIENT_START],
  [1, SERVER_START],
  [0, connect(1)],
  [1, answer(1)],
  [0, data(1, encodeFrame({ payload: 'of the client', maskingKey: 7 }))],
  [1, data(1, encodeFrame({ payload: 'of the server' }))],
];

/** HTTP/2 as it is, and in TLS. */
function carried(isSecure: boolean): Sent[] {
  if (!isSecure) return PIECES.map(([side, bytes]) => sent(side, bytes));
  const { client, server } = sealers();
  return [
    sent(0, clientHello()),
    sent(1, serverHello()),
    ...PIECES.map(([side, bytes]) => sent(side, (side === 0 ? client : server).data(bytes))),
  ];
}

const PRELUDES: readonly (readonly [name: string, before: readonly Sent[]])[] = [
  [
    'SOCKS 5',
    [
      sent(0, hex('05 01 00')),
      sent(1, hex('05 00')),
      sent(0, hex('05 01 00 03 0b 6578616d706c652e6f7267 01bb')),
      sent(1, hex('05 00 00 01 00000000 0000')),
    ],
  ],
  [
    'SOCKS 5 with a password',
    [
      sent(0, hex('05 02 00 02')),
      sent(1, hex('05 02')),
      sent(0, hex('01 02 6162 01 63')),
      sent(1, hex('01 00')),
      sent(0, hex('05 01 00 01 7f000001 01bb')),
      sent(1, hex('05 00 00 01 00000000 0000')),
    ],
  ],
  ['SOCKS 4a', [sent(0, hex('04 01 01bb 00000001 00 686f7374 00')), sent(1, hex('00 5a 0000 00000000'))]],
  ['PROXY version 1', [sent(0, 'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n')]],
  ['PROXY version 2', [sent(0, hex('0d0a0d0a000d0a515549540a 21 11 000c 7f000001 7f000001 1388 01bb'))]],
  [
    'CONNECT',
    [
      sent(0, 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n'),
      sent(1, 'HTTP/1.1 200 Connection established\r\n\r\n'),
    ],
  ],
  [
    'PROXY version 1 before CONNECT',
    [
      sent(0, 'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n'),
      sent(0, 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n'),
      sent(1, 'HTTP/1.1 200 Connection established\r\n\r\n'),
    ],
  ],
];

describe.each([
  ['without TLS', false],
  ['in TLS', true],
] as const)('WebSocket over HTTP/2 %s', (_how, isSecure) => {
  it.each(PRELUDES)('is read after %s, however it is cut', async (_name, before) => {
    for (const cut of [1, 3, 1400]) {
      const talk = new Talk().open();
      for (const { side, bytes } of [...before, ...carried(isSecure)]) talk.sendAll(side, bytes, cut);
      const { messages, connections, codes } = await readCapture(talk.finish().pcap(), {
        keyLog: keyLogOf(scriptKeyLog()),
      });
      const said = messages.map(
        ({ connection, message }) => `${connection.http2Stream} ${message.payload?.toString()}`,
      );
      expect(said).toEqual(['1 of the client', '1 of the server']);
      expect(connections).toMatchObject([{ connection: { http2Stream: 1 }, handshake: { state: 'accepted' } }]);
      expect(codes).toEqual([]);
    }
  });

  it.each(PRELUDES)(
    'is read after %s where the client says all of that and its first frames at once',
    async (_name, before) => {
      const talk = new Talk().open();
      const all = [...before, ...carried(isSecure)];
      // Whoever speaks goes on until the other has something to say.
      for (let i = 0; i < all.length;) {
        const { side } = all[i]!;
        const run: Buffer[] = [];
        while (i < all.length && all[i]!.side === side) run.push(all[i++]!.bytes);
        talk.send(side, Buffer.concat(run));
      }
      const { messages, codes } = await readCapture(talk.finish().pcap(), { keyLog: keyLogOf(scriptKeyLog()) });
      expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['of the client', 'of the server']);
      expect(codes).toEqual([]);
    },
  );
});
