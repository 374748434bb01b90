/**
 * The long run: `npm run fuzz`, or `npm run fuzz -- CASES SEED`. It prints what a failing case needs to be run again.
 */
import { fuzz } from './cases.js';

const PART = 5000;
const cases = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);

const total = new Map<string, number>();
let events = 0;
console.log(`${cases} cases, seeds from ${seed}`);
for (let done = 0, part = seed; done < cases; done += PART, part++) {
  const tally = await fuzz(part, Math.min(PART, cases - done));
  for (const [verdict, count] of tally.verdicts) total.set(verdict, (total.get(verdict) ?? 0) + count);
  events += tally.events;
  console.log(`seed ${part}: ${Math.min(done + PART, cases)} cases done`);
}
for (const [verdict, count] of [...total].sort(([, a], [, b]) => b - a)) console.log(`${verdict.padEnd(20)} ${count}`);
console.log(`${events} events, no bug found`);
