/**
 * Doubles the input of each adversarial shape and prints what that costs: `npx tsx test/bench/linear.ts [NAME]`.
 * About 2 is linear. It measures time, so it is no test.
 */
import { WsdissectError } from '../../src/common/error.js';
import { dissectBatches } from '../../src/dissect.js';
import { ADVERSARIES, type Adversary } from './adversaries.js';

const DOUBLINGS = 3;
const RUNS = 2;

/** Events of all runs: that they are counted keeps them from being optimised away. */
let events = 0;

async function cost(chunks: readonly Uint8Array[]): Promise<number> {
  const start = process.cpuUsage();
  try {
    for await (const batch of dissectBatches(chunks)) events += batch.length;
  } catch (error) {
    if (!(error instanceof WsdissectError)) throw error;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function row(adversary: Adversary): Promise<string> {
  const { name, size } = adversary;
  const times: number[] = [];
  for (let doubling = 0; doubling < DOUBLINGS; doubling++) {
    const chunks = [...adversary.make(size * 2 ** doubling)];
    let best = Infinity;
    for (let run = 0; run < RUNS; run++) best = Math.min(best, await cost(chunks));
    times.push(best);
  }
  const ratios = times.slice(1).map((time, index) => (time / times[index]!).toFixed(1));
  return `| ${name} | ${size.toLocaleString('en')} | ${times.map((time) => time.toFixed(0)).join(' / ')} | ${ratios.join(' / ')} |`;
}

const wanted = process.argv[2] ?? '';
console.log('| shape | size | ms for size, 2x, 4x | ratio |\n| --- | ---: | ---: | ---: |');
for (const adversary of ADVERSARIES) if (adversary.name.includes(wanted)) console.log(await row(adversary));
console.log(`${events} events`);
