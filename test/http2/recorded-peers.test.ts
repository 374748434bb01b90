import { existsSync, readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { HpackDecoder, type HeaderBlock } from '../../src/http2/hpack/hpack-decoder.js';
import { Http2Side } from '../../src/http2/http2-side.js';
import { KeyLog } from '../../src/tls/key-log/key-log.js';
import { readCapture } from '../hostile/read-capture.js';
import { readByNghttp2, sectionStreams, splitFrames, tableSize, type Section } from './header-oracle.js';

/** Who compressed the header sections, and how many there are: of the client, of the server. */
const RECORDINGS: readonly (readonly [name: string, client: string, server: string, counts: readonly number[]])[] = [
  ['h2-chromium.pcap', 'Chromium', 'Node', [6, 6]],
  ['h2-firefox.pcap', 'Firefox', 'Node', [6, 6]],
  ['h2-tls.pcap', 'Node', 'Node', [1, 1]],
  ['h2c.pcap', 'Node', 'Node', [4, 4]],
  ['h2c-padding.pcap', 'Node', 'Node', [1, 1]],
  ['h2c-refused.pcap', 'Node', 'Node', [1, 1]],
  ['h2c-reset.pcap', 'Node', 'Node', [2, 2]],
  ['h2c-haproxy.pcap', 'Node', 'haproxy', [1, 1]],
  ['h2c-hypercorn.pcap', 'h2 for Python', 'hypercorn', [1, 1]],
  ['h2c-upgrade.pcap', 'h2 for Python', 'hypercorn', [1, 2]],
];

interface ReadSide {
  readonly chunks: Buffer[];
  readonly hpack: HpackDecoder;
}

afterEach(() => vi.restoreAllMocks());

/** Reads a recording as a user does, and looks on: what each side of HTTP/2 gets, and what becomes of its header blocks. */
async function read(name: string): Promise<{ bytes: Buffer; blocks: readonly HeaderBlock[] }[]> {
  const sides = new Map<Http2Side, ReadSide>();
  const blocks = new Map<HpackDecoder, HeaderBlock[]>();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its object
  const [take, decode] = [Http2Side.prototype.bytes, HpackDecoder.prototype.decode];
  vi.spyOn(Http2Side.prototype, 'bytes').mockImplementation(function (this: Http2Side, chunk, at) {
    const side = sides.get(this) ?? { chunks: [], hpack: this.hpack };
    sides.set(this, side);
    side.chunks.push(Buffer.from(chunk));
    take.call(this, chunk, at);
  });
  vi.spyOn(HpackDecoder.prototype, 'decode').mockImplementation(function (this: HpackDecoder, block) {
    const decoded = decode.call(this, block);
    blocks.set(this, [...(blocks.get(this) ?? []), decoded]);
    return decoded;
  });
  const keys = new URL(`../../fixtures/${name.replace('.pcap', '.keys.log')}`, import.meta.url);
  const keyLog = new KeyLog();
  if (existsSync(keys)) keyLog.push(readFileSync(keys));
  await readCapture(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)), { keyLog });
  return [...sides.values()].map(({ chunks, hpack }) => ({ bytes: Buffer.concat(chunks), blocks: blocks.get(hpack)! }));
}

it.each(RECORDINGS)(
  '%s: the fields of %s and of %s are those that nghttp2 reads',
  async (name, _client, _server, counts) => {
    const sides = (await read(name)).map((side) => ({ ...side, ...splitFrames(side.bytes) }));
    expect(sides.length % 2).toBe(0);
    const found = [0, 0];
    for (const [index, side] of sides.entries()) {
      const other = sides[index ^ 1]!;
      expect(other.isClient).toBe(!side.isClient);
      const streams = sectionStreams(side);
      const ours = side.blocks.map(({ fields, error, isIncomplete }, place): Section => {
        expect([error, isIncomplete]).toEqual([undefined, false]);
        return [streams[place]!, ...fields.map((field) => `${field.name}: ${field.value}`)];
      });
      expect(ours).toEqual(await readByNghttp2(side, tableSize(other)));
      found[side.isClient ? 0 : 1]! += ours.length;
    }
    expect(found).toEqual(counts);
  },
);
