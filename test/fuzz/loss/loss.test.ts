import { expect, it } from 'vitest';
import { caseText, failuresOf } from './campaign.js';
import { loadRecordings } from './recording.js';

/** Each was found to make other cases than the rest; a seed that has shown a fault stays here. */
const SEEDS = [7, 9, 1323, 9293];
const CASES = 500;

it.each(SEEDS)('changed recordings print what was sent, and tell what is lost: seed %i', async (seed) => {
  const failures: string[] = [];
  for await (const { found, fault } of failuresOf(seed, CASES, loadRecordings())) {
    failures.push(`npm run fuzz:loss -- "${caseText(found)}": ${fault.kind}: ${fault.what}`);
  }
  expect(failures).toEqual([]);
});
