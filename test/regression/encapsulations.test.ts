import { describe, expect, it } from 'vitest';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { packetIn, TUNNELS } from '../ip/encapsulations.js';
import { hex } from '../link/hex.js';

const MACS = '020000000001 020000000002';
const TAGS: [what: string, header: string][] = [
  ['VN-Tag', '8926 00010001 0800'],
  ['E-Tag', '893f e000 1001 0000 0800'],
  ['Cisco metadata', '8909 0101 0001 0005 0800'],
  ['a Cisco timestamp', '8988 000000000001 0800'],
  ['802.1ah', `88e7 00001234 ${MACS} 0800`],
  ['NSH', '894f 0fc2 0201 000001ff'],
];

function talk(): Talk {
  const both = new Talk().upgrade();
  both.send(0, encodeFrame({ opcode: 1, payload: 'hello', maskingKey: 1 })).acknowledge(1);
  both.send(1, encodeFrame({ opcode: 1, payload: 'world' })).acknowledge(0);
  return both.finish();
}

async function read(wrap: (packet: Buffer) => Buffer, linkType: number): Promise<void> {
  const packets = talk().packets.map((packet, seconds) => ({ seconds, nanoseconds: 0, bytes: wrap(packet) }));
  const { messages, codes } = await readCapture(writePcap(packets, { linkType }));
  expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['hello', 'world']);
  expect(codes).toEqual([]);
}

describe('a WebSocket connection inside', () => {
  it.each(TUNNELS)('a tunnel is read: $what', (tunnel) => read((packet) => packetIn(tunnel, packet), 101));

  it.each(TAGS)('a tag of switches is read: %s', (_what, header) =>
    read((packet) => Buffer.concat([hex(`${MACS} ${header}`), packet]), 1),
  );

  it('the header of Apple in a file of macOS is read', () => {
    const header = hex(`6c000000 01000000 01000000 ${'00'.repeat(96)} ${MACS} 0800`);
    return read((packet) => Buffer.concat([header, packet]), 149);
  });

  it('an aggregate of 802.11 frames is read, each of its packets', async () => {
    const bytes = talk().packets.map((packet) => {
      const part = Buffer.concat([hex(`${MACS} 0000 aaaa03 000000 0800`), packet]);
      part.writeUInt16BE(packet.length + 8, 12);
      return Buffer.concat([part, Buffer.alloc(-part.length & 3)]);
    });
    const header = hex(`0000 0800 00000000 8801 0000 ${MACS} 020000000003 1000 8000`);
    const aggregates = [bytes.slice(0, 3), bytes.slice(3, 5), bytes.slice(5)];
    const packets = aggregates.map((parts, seconds) => {
      return { seconds, nanoseconds: 0, bytes: Buffer.concat([header, ...parts]) };
    });
    const { messages, codes } = await readCapture(writePcap(packets, { linkType: 127 }));
    expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['hello', 'world']);
    expect(codes).toEqual([]);
  });
});
