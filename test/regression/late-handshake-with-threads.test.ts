import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { fakeIo } from '../cli/fake-io.js';
import { parseCase } from '../fuzz/loss/campaign.js';
import { change } from '../fuzz/loss/changes.js';
import { captureBytes } from '../fuzz/loss/reading.js';
import { loadRecordings } from '../fuzz/loss/recording.js';
import { threadsHere } from '../parallel/threads-here.js';

const recordings = loadRecordings();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-late-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function print(path: string, jobs: number): Promise<string> {
  const { io, writes, reports } = fakeIo({ size: 1 });
  const threads = threadsHere(io, (thread) => nextTurn(thread));
  const argv = ['frames', '--json', '--findings', 'all', path, '--jobs', String(jobs)];
  await main(argv, { ...io, threads });
  return writes.join('') + reports.join('');
}

it.each([
  // The 101 is recorded after frames, before frames that prove themselves, and after the end.
  'deflate-cork.pcap cutStart:341,3354,6238 delayFar:4716,5026,1373',
  'loss-server-only.pcap reverse:705,955,5721 reverse:2646,9165,3977',
  'deflate-cork.pcap duplicate:7369,7979,1326 cutStart:1431,5226,8777',
])('several threads say of a handshake that is recorded late what one says: %s', async (text) => {
  const { fixture, changes } = parseCase(text);
  const recording = recordings.find(({ name }) => name === fixture)!;
  const path = join(folder, 'late.pcap');
  writeFileSync(path, captureBytes(change(recording, changes), recording.linkType));
  const one = await print(path, 1);
  expect(one).not.toBe('');
  for (const jobs of [2, 3]) expect(await print(path, jobs)).toBe(one);
});
