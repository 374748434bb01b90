import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CaptureInput } from '../../src/capture/capture-input.js';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { cut, cuts, read } from '../capture/read.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { pcapngSection } from '../../fixtures/derive/pcapng.js';

const RAW = 101;
const NULL = 0;
const talk = new Talk().upgrade();
for (const text of ['one', 'two', 'three']) talk.send(1, encodeFrame({ opcode: 1, payload: text })).acknowledge(0);
talk.finish();
const packets = talk.packets.map((bytes, seconds) => ({ seconds, nanoseconds: 0, bytes }));
const first = packets.slice(0, 6);
const rest = packets.slice(6);
/** With four bytes of another link type before each packet. */
const restOfNull = rest.map((packet) => ({ ...packet, bytes: Buffer.concat([Buffer.of(2, 0, 0, 0), packet.bytes]) }));

const FORMS = [
  {},
  { byteOrder: 'big' as const },
  { nanosecond: true },
  { modified: true },
  { modified: true, byteOrder: 'big' as const, nanosecond: true },
];
const files = FORMS.flatMap((form) => [
  { what: JSON.stringify(form), of: first, linkType: RAW, bytes: writePcap(first, { linkType: RAW, ...form }) },
]);
const followers = FORMS.map((form) => ({
  what: JSON.stringify(form),
  bytes: writePcap(restOfNull, { linkType: NULL, ...form }),
}));
/** The derived sections have the link type Ethernet. */
const ethernet = (all: typeof packets): typeof packets =>
  all.map((packet) => ({
    ...packet,
    bytes: Buffer.concat([Buffer.from('0200000000010200000000020800', 'hex'), packet.bytes]),
  }));
const sections = (['little', 'big'] as const).map((order) => ({
  what: `pcapng, ${order} endian`,
  bytes: pcapngSection(ethernet(rest), order),
  first: pcapngSection(ethernet(first), order),
}));

const PAIRS = [
  ...files.flatMap((file) =>
    [...followers, ...sections].map((follower): [string, Buffer, Buffer] => [
      `pcap ${file.what} and ${follower.what}`,
      file.bytes,
      follower.bytes,
    ]),
  ),
  ...sections.flatMap((section) =>
    followers.map((follower): [string, Buffer, Buffer] => [
      `${section.what} and pcap ${follower.what}`,
      section.first,
      follower.bytes,
    ]),
  ),
];

describe('two captures one after the other in one file', () => {
  it.each(PAIRS)('are read as one: %s', async (_what, one, other) => {
    const file = Buffer.concat([one, other]);
    const { messages, findings } = await readCapture(file);
    expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['one', 'two', 'three']);
    expect(findings.map(({ code, offset }) => [code, offset])).toEqual([['capture.concatenated', one.length]]);
    const { packets: all } = read(CaptureInput, [file]);
    expect(all.map(({ at }) => at.packet)).toEqual(packets.map((_, index) => index + 1));
    const linkType = read(CaptureInput, [other]).packets[0]!.linkType;
    expect(all.at(-1)!.linkType).toBe(linkType);
  });

  it.each(PAIRS)('are the same for any chunking, cut anywhere: %s', (_what, one, other) => {
    const whole = Buffer.concat([one, other]);
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1, max: whole.length }), (places, length) => {
        const file = whole.subarray(0, length);
        const expected = read(CaptureInput, [file]);
        expect(read(CaptureInput, cut(file, places))).toEqual(expected);
        if (length > one.length) expect(expected.error).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('are read where the first is compressed and the second is not', async () => {
    const { messages, findings } = await readCapture(Buffer.concat([gzipSync(files[0]!.bytes), followers[0]!.bytes]));
    expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['one', 'two', 'three']);
    expect(findings.map(({ code }) => code)).toEqual(['capture.concatenated']);
  });

  it('are read where each is a member of one gzip file', async () => {
    const file = Buffer.concat([gzipSync(files[0]!.bytes), gzipSync(followers[0]!.bytes)]);
    const { messages } = await readCapture(file);
    expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['one', 'two', 'three']);
  });

  it('are three or more too, and offsets count from the beginning of the input', () => {
    const middle = followers[1]!.bytes;
    const cutOff = writePcap(first, { linkType: RAW }).subarray(0, -3);
    const { packets: all, findings } = read(CaptureInput, [Buffer.concat([files[0]!.bytes, middle, middle, cutOff])]);
    expect(all.length).toBe(6 + rest.length * 2 + 5);
    const start = files[0]!.bytes.length;
    expect(findings.map(({ code, offset }) => [code, offset])).toEqual([
      ['capture.concatenated', start],
      ['capture.concatenated', start + middle.length],
      ['capture.concatenated', start + middle.length * 2],
      ['capture.cut-record', start + middle.length * 2 + cutOff.length - (first[5]!.bytes.length + 16 - 3)],
    ]);
    expect(all.at(-1)!.linkType).toBe(RAW);
  });
});
