import { describe, expect, it } from 'vitest';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

/** An Ethernet frame with PPPoE in it, whose IP packet counts the padding of the frame as its own. */
function padded(packet: Buffer, padding: number): Buffer {
  const ip = Buffer.concat([packet, Buffer.alloc(padding)]);
  ip.writeUInt16BE(ip.length, 2);
  const header = Buffer.from('0000000000010000000000028864110000070000', 'hex');
  header.writeUInt16BE(packet.length + 2, 18);
  return Buffer.concat([header, Buffer.from([0, 0x21]), ip]);
}

describe('padding that an IP packet in PPPoE counts as its own', () => {
  it('is no data: the length in the PPPoE header leaves it out', async () => {
    const talk = new Talk().upgrade();
    talk.send(0, encodeFrame({ opcode: 1, payload: 'one', maskingKey: 1 })).acknowledge(1);
    talk.send(1, encodeFrame({ opcode: 1, payload: 'two' })).acknowledge(0);
    talk.send(1, encodeFrame({ opcode: 1, payload: 'three' })).finish();
    const packets = talk.packets.map((packet, index) => ({
      seconds: index,
      nanoseconds: 0,
      bytes: packet.length < 46 ? padded(packet, 46 - packet.length) : padded(packet, 0),
    }));
    const { messages, codes } = await readCapture(writePcap(packets, { linkType: 1 }));
    expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['one', 'two', 'three']);
    expect(codes).toEqual([]);
  });
});
