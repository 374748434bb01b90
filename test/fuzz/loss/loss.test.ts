import { expect, it } from 'vitest';
import { caseText, failuresOf } from './campaign.js';
import { loadRecordings } from './recording.js';

/** Each was found to make other cases than the rest; a seed that has shown a fault stays here. */
const SEEDS = [7, 9, 1323, 9293];
const CASES = 500;

/**
 * What is known and not fixed, by the seed that makes it: the capture begins inside a message, and the answer of the handshake is
 * recorded after four packets that are in order. So the connection is taken for none, and what came before its
 * beginning is told of connections that are followed only.
 */
const LEFT: Readonly<Record<number, readonly string[]>> = {
  9293: [
    'npm run fuzz:loss -- "frames-65536.pcap delay:7061,5019,9425 cutStart:6306,8065,1924 probe:4849,7204,5548": ' +
      'silent-loss: the connection of 43808 and 44199',
  ],
};

it.each(SEEDS)('changed recordings print what was sent, and tell what is lost: seed %i', async (seed) => {
  const failures: string[] = [];
  for await (const { found, fault } of failuresOf(seed, CASES, loadRecordings())) {
    failures.push(`npm run fuzz:loss -- "${caseText(found)}": ${fault.kind}: ${fault.what}`);
  }
  expect(failures).toEqual(LEFT[seed] ?? []);
});
