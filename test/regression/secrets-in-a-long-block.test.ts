import { expect, it } from 'vitest';
import { PcapngReader } from '../../src/capture/pcapng/pcapng.js';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { PcapngBuilder } from '../support/pcapng.js';
import { bytewise, read } from '../capture/read.js';

const TLS_KEY_LOG = 0x544c534b;
const builder = new PcapngBuilder();
const line = `CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}\n`;

function secretsBlock(text: string, second?: number): Buffer {
  const body = Buffer.concat([builder.u32(TLS_KEY_LOG), builder.u32(text.length), Buffer.from(text)]);
  return builder.block(10, body, second);
}

it('a block of secrets longer than any block may be is passed on in pieces, none longer than what came', () => {
  const text = line.repeat(500);
  const file = Buffer.concat([
    builder.section(),
    secretsBlock(text),
    builder.interface(101),
    builder.packet(Buffer.of(1)),
  ]);
  let longest = 0;
  let all = '';
  const ends: boolean[] = [];
  const findings: unknown[] = [];
  const sink = {
    packet: () => ends.push(true),
    secrets: (piece: Buffer, isLast: boolean) => {
      longest = Math.max(longest, piece.length);
      all += piece.toString('latin1');
      if (isLast) ends.push(false);
    },
    finding: (found: unknown) => findings.push(found),
  };
  const reader = new PcapngReader(sink, { ...DEFAULT_LIMITS, blockLength: 100 });
  for (let at = 0; at < file.length; at += 64) reader.push(file.subarray(at, at + 64));
  reader.end();
  expect(longest).toBeLessThanOrEqual(64);
  expect(all).toBe(text);
  expect(ends).toEqual([false, true]);
  expect(findings).toEqual([]);
});

it('blocks of secrets one after the other are texts of their own, whatever the chunks', () => {
  const blocks = [secretsBlock(line), secretsBlock(''), secretsBlock('a'), secretsBlock(line.repeat(3))];
  const file = Buffer.concat([builder.section(), ...blocks]);
  const whole = read(PcapngReader, [file]);
  expect(whole.secrets).toEqual([line, 'a', line.repeat(3)]);
  expect(whole.findings).toEqual([]);
  expect(read(PcapngReader, bytewise(file))).toEqual(whole);
});

it('a block of secrets that the file is cut in ends there, and one that contradicts itself says that it was used', () => {
  const file = Buffer.concat([builder.section(), secretsBlock(line.repeat(2))]);
  const cut = read(PcapngReader, [file.subarray(0, -60)]);
  expect(cut.secrets).toEqual([line.repeat(2).slice(0, -56)]);
  expect(cut.findings.map(({ code }) => code)).toEqual(['capture.cut-record']);

  const other = Buffer.concat([builder.section(), secretsBlock(line, 16), builder.interface(101)]);
  const { secrets, findings } = read(PcapngReader, [other]);
  expect(secrets).toEqual([line]);
  expect(findings[0]!.message).toMatch(/; what it held was used$/);
});

it.each([0, 4, 8])('a block of secrets with a body of %i bytes is too short for what it should hold', (length) => {
  const body = Buffer.concat([builder.u32(TLS_KEY_LOG), builder.u32(9)]).subarray(0, length);
  const file = Buffer.concat([builder.section(), builder.block(10, body), secretsBlock(line)]);
  const whole = read(PcapngReader, [file]);
  expect(whole.findings.map(({ message }) => message.replace(/^the block at byte \d+ /, ''))).toEqual([
    'is too short for the secrets that it should hold',
  ]);
  expect(whole.secrets).toEqual([line]);
  expect(read(PcapngReader, bytewise(file))).toEqual(whole);
});
