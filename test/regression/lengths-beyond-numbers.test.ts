import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'wsdissect.js');
const LENGTHS = [2n ** 53n, 2n ** 60n, 2n ** 63n + 1n, 2n ** 64n - 1n];

/** The beginning of a frame that announces so many bytes, in two segments; 11 of its payload come. */
function begun(length: bigint): Talk {
  const head = Buffer.alloc(10);
  head[0] = 0x81;
  head[1] = 127;
  head.writeBigUInt64BE(length, 2);
  return new Talk()
    .open()
    .upgrade()
    .send(1, encodeFrame({ payload: 'before' }))
    .send(1, Buffer.concat([head, Buffer.from('hello')]))
    .send(1, ' world')
    .finish();
}

function stats(talk: Talk, ...args: string[]): string {
  const options = { input: talk.pcap(), encoding: 'utf8', stdio: 'pipe' } as const;
  return execFileSync(process.execPath, [BIN, 'stats', ...args, '-'], options);
}

describe('a frame of more bytes than a number holds', () => {
  it.each(LENGTHS)('of %s: what came of it is counted, and no more', async (length) => {
    const { frames, connections } = await readCapture(begun(length).pcap());
    expect(frames.map(({ frame }) => [frame.payloadLength, frame.missing])).toEqual([
      [6, 0],
      [length, length - 11n],
    ]);
    expect(connections[0]!.server.bytes).toBe(6 + 11);
  });

  it.each(LENGTHS)('of %s is in no sum of stats', (length) => {
    const [line] = stats(begun(length), '--json').split('\n');
    expect(JSON.parse(line!)).toMatchObject({ fromServer: { bytes: 6, wireBytes: 17, incomplete: 1 } });
  });
});

it('numbers of two sides stand apart in stats, however long they are', () => {
  expect(stats(begun(2n ** 53n - 1n))).toMatch(/^Bytes +0 90071992547\d+$/m);
});
