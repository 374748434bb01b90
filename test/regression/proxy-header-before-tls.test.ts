import { describe, expect, it, test } from 'vitest';
import type { Side } from '../../src/common/sink.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';
import { keyLogOf, type Sent } from '../tls/recording.js';
import { scriptKeyLog } from '../tls/tls13-script.js';
import { wssTalk } from '../tls/wss-talk.js';

function v2(command: number, family: number, content: Buffer): Buffer {
  const fixed = Buffer.from('0d0a0d0a000d0a515549540a00000000', 'hex');
  fixed[12] = 0x20 | command;
  fixed[13] = family;
  fixed.writeUInt16BE(content.length, 14);
  return Buffer.concat([fixed, content]);
}

const IPV4 = Buffer.from('c0a80001c0a80002d43101bb', 'hex');
/** An ALPN and a CRC-32C field, and one of no operation that pads (types 1, 3 and 4). */
const FIELDS = Buffer.from('0100026832030004deadbeef04000a00000000000000000000', 'hex');

const HEADERS: [name: string, header: Buffer][] = [
  ['version 1, IPv4', Buffer.from('PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n')],
  ['version 1, IPv6', Buffer.from(`PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535\r\n`)],
  ['version 1, unknown', Buffer.from('PROXY UNKNOWN\r\n')],
  ['version 1, unknown with words', Buffer.from('PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n')],
  ['version 2, local', v2(0, 0, Buffer.alloc(0))],
  ['version 2, IPv4', v2(1, 0x11, IPV4)],
  ['version 2, IPv6', v2(1, 0x21, Buffer.alloc(36, 0x16))],
  ['version 2, UNIX', v2(1, 0x31, Buffer.alloc(216, 0x17))],
  ['version 2 with fields', v2(1, 0x11, Buffer.concat([IPV4, FIELDS]))],
  ['version 2, as long as can be', v2(1, 0x11, Buffer.alloc(65_535, 0x16))],
  ['two of them', Buffer.concat([Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.5 1 2\r\n'), v2(1, 0x11, IPV4)])],
];

const PLAIN: Sent[] = [
  { side: 0, bytes: Buffer.from(requestText()) },
  { side: 1, bytes: Buffer.from(responseText()) },
  { side: 0, bytes: encodeFrame({ opcode: 1, payload: 'secret', maskingKey: 1 }) },
  { side: 1, bytes: encodeFrame({ opcode: 1, payload: 'secret as well' }) },
];

async function texts(wire: readonly Sent[], cut: number): Promise<(string | undefined)[]> {
  const talk = new Talk().open();
  for (const { side, bytes } of wire) talk.sendAll(side, bytes, cut);
  const { messages, codes } = await readCapture(talk.finish().pcap(), { keyLog: keyLogOf(scriptKeyLog()) });
  expect(codes).toEqual([]);
  return messages.map(({ message }) => message.payload?.toString()).sort();
}

/** The header of one side in front of what that side sends, in the same segment as it or not. */
function behind(header: Buffer, side: Side, wire: readonly Sent[], joined: boolean): Sent[] {
  if (!joined) return [{ side, bytes: header }, ...wire];
  let isFirst = true;
  return wire.map((sent) => {
    if (sent.side !== side || !isFirst) return sent;
    isFirst = false;
    return { side, bytes: Buffer.concat([header, sent.bytes]) };
  });
}

describe.each([
  ['TLS', wssTalk()],
  ['HTTP', PLAIN],
])('a PROXY protocol header before %s', (_what, wire) => {
  test.each(HEADERS)('is passed over: %s', async (_name, header) => {
    const cuts = header.length > 1000 ? [1400] : [1, 2, 7, 16, 17, 1400];
    for (const cut of cuts) {
      for (const side of [0, 1] as const) {
        // The server's first bytes may stand before the client's in a capture.
        const turned = [wire[1]!, wire[0]!, ...wire.slice(2)];
        for (const order of [wire, turned]) {
          for (const joined of [false, true]) {
            expect(await texts(behind(header, side, order, joined), cut)).toEqual(['secret', 'secret as well']);
          }
        }
      }
    }
  });

  it('loses a byte that was not captured, and nothing else', async () => {
    const talk = new Talk().open();
    const header = v2(1, 0x31, Buffer.alloc(216, 0x17));
    talk.send(0, header.subarray(0, 40)).lose(0, 100).send(0, header.subarray(140));
    for (const { side, bytes } of wire) talk.send(side, bytes);
    const { messages } = await readCapture(talk.finish().pcap(), { keyLog: keyLogOf(scriptKeyLog()) });
    expect(messages.map(({ message }) => message.payload?.toString()).sort()).toEqual(['secret', 'secret as well']);
  });
});
