import { describe, expect, it } from 'vitest';
import { falseAlarms, PROTOCOLS } from './campaign.js';

/** Conversations of each protocol: `npm run fuzz:others` makes thousands. */
const CASES = 20;

describe('nothing is said of what is no WebSocket connection', () => {
  it('is tried with more than thirty protocols', () => {
    expect(Object.keys(PROTOCOLS).length).toBeGreaterThan(30);
  });

  it.each(Object.keys(PROTOCOLS))('%s', (protocol) => {
    for (let seed = 1; seed <= CASES; seed++) {
      expect(falseAlarms(protocol, seed), `npm run fuzz:others -- 1 ${seed} "${protocol}"`).toEqual([]);
    }
  });
});
