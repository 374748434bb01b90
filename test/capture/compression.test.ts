import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readChunks } from '../../src/capture/compression/decompress.js';
import { Xxh64 } from '../../src/capture/compression/xxh64.js';
import { WsdissectError } from '../../src/common/error.js';
import type { Finding } from '../../src/common/finding.js';
import { run } from '../cli/fake-io.js';
import { bytewise, cut, cuts } from './read.js';

const PLAIN = readFileSync(new URL('../../fixtures/send.pcap', import.meta.url));

/** fixtures/send.pcap as the programs compress it: `zstd -19`, `xz`, `lz4 -9`, `bzip2`. */
const COMPRESSED = {
  zstd:
    'KLUv/SR3NQMAtAXUw7KhAgAEAAQAAQAAAL/EAmtPYAEATwAAAE8ACABFAABBvvRAAEAGfcB/AAABvXwfSEZp22Vs0pRDgBgAQP41AAABAQgKzlO2KjDd' +
    'B5uBh17SDh0zszxuP7lvAwDcIADywiAO6i2hzA==',
  xz:
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AB2AGBdAGow0ch9i/gJm68fzHkFEUxERyr+zas/CuZjDzc3iXWN5lNSCU/FJZxDs8M9b/J1DxxabObYQqT4' +
    'iaY4gxohDh3PnaCLEagF/KHLl4ckoYtTw4uE2b8hZBuYL5uo//oMIAAemjj8hYVqGwABfHdOZ21tH7bzfQEAAAAABFla',
  lz4:
    'BCJNGGRAp2gAAACG1MOyoQIABAABAPECBAABAAAAv8QCa09gAQBPAAAEAAgBAPADCABFAABBvvRAAEAGfcB/AAABBADwHr18H0hGadtlbNKUQ4AYAED+' +
    'NQAAAQEICs5Ttiow3QebgYde0g4dM7M8bj+5bwAAAADzF8Rq',
  bzip2:
    'QlpoOTFBWSZTWYVvwCUAADF//vXZAEKAEEoE60CIAUItgAbggAQIIAAZI8wBFAoEASAAdDCNBkYmBHoCMAJkw1NkzUIp5QBMmEyDTJgCYJowmRg3sQCa' +
    'zMBwdRBATERDmuSopiD4kIV5EukX9pFM7Spyn46IM7g7I5JVe+CH02fwLpMLNSVmi/EJJOU+Q9FRi2ANSmOc4D3F3JFOFCQhW/AJQA==',
} as const;

type Format = keyof typeof COMPRESSED;
const PATH = process.env.PATH;

afterEach(() => {
  process.env.PATH = PATH;
});

function file(format: Format): Buffer {
  return Buffer.from(COMPRESSED[format], 'base64');
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function readAll(chunks: Iterable<Uint8Array>): Promise<{ bytes: Buffer; findings: Finding[] }> {
  const findings: Finding[] = [];
  const parts: Buffer[] = [];
  for await (const part of readChunks(chunks, (found) => findings.push(found))) parts.push(Buffer.from(part));
  return { bytes: Buffer.concat(parts), findings };
}

/** A Zstandard frame of blocks that are not compressed, or of one byte many times. */
function zstdFrame(blocks: readonly (Buffer | { byte: number; times: number })[], window = 0x58): Buffer {
  const parts = blocks.map((block, index) => {
    const isLast = index === blocks.length - 1 ? 1 : 0;
    const head = Buffer.alloc(3);
    if (Buffer.isBuffer(block)) {
      head.writeUIntLE((block.length << 3) | isLast, 0, 3);
      return Buffer.concat([head, block]);
    }
    head.writeUIntLE((block.times << 3) | 2 | isLast, 0, 3);
    return Buffer.concat([head, Buffer.of(block.byte)]);
  });
  return Buffer.concat([Buffer.from('28b52ffd00', 'hex'), Buffer.of(window), ...parts]);
}

describe('a compressed capture', () => {
  for (const format of Object.keys(COMPRESSED) as Format[]) {
    const isHere = format === 'zstd' || isInstalled(format);
    it.skipIf(!isHere)(`is read: ${format}`, async () => {
      for (const chunks of [[file(format)], bytewise(file(format))]) {
        const { bytes, findings } = await readAll(chunks);
        expect(bytes.equals(PLAIN)).toBe(true);
        expect(findings).toEqual([]);
      }
      expect((await run(['--brief', '-q'], { stdin: [file(format)] })).stdout).toContain('ma2saka');
      expect((await run(['explain', '-q'], { stdin: [file(format)] })).stdout).toContain('ma2saka');
    });

    it.skipIf(!isHere)(`tells where it is cut or damaged: ${format}`, async () => {
      const cutOff = await readAll([file(format).subarray(0, -12)]);
      expect(cutOff.findings.map(({ code }) => code)).toEqual(['capture.bad-compression']);
      expect(cutOff.findings[0]!.message).toContain(`the ${format} data is damaged`);
      expect(cutOff.findings[0]!.offset).toBe(file(format).length - 12);
      expect(PLAIN.subarray(0, cutOff.bytes.length).equals(cutOff.bytes)).toBe(true);
      const damaged = file(format);
      damaged[60]! ^= 0x10;
      expect((await readAll([damaged])).findings.map(({ code }) => code)).toEqual(['capture.bad-compression']);
    });
  }

  it('names the command to run where the program is missing', async () => {
    process.env.PATH = '/nowhere';
    for (const format of ['xz', 'lz4', 'bzip2'] as const) {
      const { code, stderr } = await run([], { stdin: [file(format)] });
      expect(code).toBe(2);
      expect(stderr).toMatch(
        new RegExp(
          `^wsdissect: stdin: is compressed with ${format}, and ${format} is not installed here: .*\`${format} -dc`,
        ),
      );
      await expect(readAll([file(format)])).rejects.toThrow(WsdissectError);
    }
    expect((await run(['--brief', '-q'], { stdin: [file('zstd')] })).stdout).toContain('ma2saka');
  });

  it.skipIf(!isInstalled('xz'))('is not read on where nobody wants more of it', async () => {
    let given = 0;
    function* endless(): Generator<Buffer> {
      const piece = execFileSync('xz', ['-c', '-0'], { input: Buffer.alloc(1_000_000, 'ma2saka') });
      for (; given < 10_000; given++) yield piece;
    }
    for await (const part of readChunks(endless(), () => undefined)) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    expect(given).toBeLessThan(10_000);
  });
});

describe('Zstandard', () => {
  it('joins frames, skips skippable ones, and reads a capture that follows as it is', async () => {
    const skippable = Buffer.from('502a4d1803000000616263', 'hex');
    const frames = [zstdFrame([PLAIN.subarray(0, 50)]), skippable, zstdFrame([PLAIN.subarray(50), Buffer.alloc(0)])];
    const whole = Buffer.concat(frames);
    expect((await readAll([whole])).bytes.equals(PLAIN)).toBe(true);
    expect((await readAll([Buffer.concat([whole, PLAIN])])).bytes.equals(Buffer.concat([PLAIN, PLAIN]))).toBe(true);
    const odd = await readAll([Buffer.concat([whole, Buffer.from('what is this, then?')])]);
    expect(odd.findings[0]?.message).toContain(`other bytes follow its end at byte ${whole.length}`);
  });

  it('gives the same however it comes', async () => {
    const whole = zstdFrame([PLAIN, { byte: 7, times: 100 }, PLAIN]);
    await fc.assert(
      fc.asyncProperty(cuts, fc.double({ min: 0.05, max: 1, noNaN: true }), async (places, kept) => {
        const bytes = whole.subarray(0, Math.ceil(kept * whole.length));
        expect(await readAll(cut(bytes, places))).toEqual(await readAll([bytes]));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['asks for too large a window', zstdFrame([PLAIN], 0xf8), /needs a window of \d+ bytes, more than 134217728/],
    ['has a block of a reserved type', Buffer.from('28b52ffd0058070000', 'hex'), /a block is of a reserved type/],
    ['has a block that is too long', Buffer.from('28b52ffd0058f1ffff', 'hex'), /a block says that it has \d+ bytes/],
    ['needs a dictionary', Buffer.from('28b52ffd015807010000', 'hex'), /it needs a dictionary/],
    ['ends in its header', Buffer.from('28b52ffd00', 'hex'), /unexpected end of file/],
  ])('tells of a frame that %s', async (_, bytes, message) => {
    const { findings } = await readAll([bytes]);
    expect(findings.map((found) => [found.code, message.test(found.message)])).toEqual([
      ['capture.bad-compression', true],
    ]);
  });

  it('holds one block of a bomb at a time', async () => {
    const bomb = zstdFrame(Array.from({ length: 4000 }, () => ({ byte: 0, times: 128 * 1024 })));
    let length = 0;
    let most = 0;
    for await (const part of readChunks([bomb], () => undefined)) {
      length += part.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    expect(length).toBe(4000 * 128 * 1024);
    expect(most).toBeLessThan(150_000_000);
  });
});

describe('XXH64', () => {
  it.each([
    ['', 0x51d8e999],
    ['a', 0xa98c6e5b],
    ['ma2saka', 0x980c697d],
    ['ma2saka'.repeat(7), 0xd182a77f],
  ])('of %j is as zstd has it', (text, expected) => {
    const hash = new Xxh64();
    hash.update(Buffer.from(text));
    expect(hash.digest()).toBe(expected);
  });

  it('is the same however the bytes come', () => {
    const bytes = Buffer.from('A capture that was compressed. '.repeat(20));
    const whole = new Xxh64();
    whole.update(bytes);
    const pieces = new Xxh64();
    for (let at = 0; at < bytes.length; at += 7) pieces.update(bytes.subarray(at, at + 7));
    expect(pieces.digest()).toBe(whole.digest());
  });
});
