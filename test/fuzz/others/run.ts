/** The long run: `npm run fuzz:others`, or `npm run fuzz:others -- CASES SEED [PROTOCOL]`; CASES of each protocol. */
import { falseAlarms, PROTOCOLS } from './campaign.js';

const [count = '1000', seed = '1', only] = process.argv.slice(2);

let failures = 0;
for (const protocol of Object.keys(PROTOCOLS)) {
  if (only !== undefined && only !== protocol) continue;
  for (let index = 0; index < Number(count); index++) {
    const alarms = falseAlarms(protocol, Number(seed) + index);
    // The parser of pcap leaves ticks for later: without a pause they keep each capture alive.
    await new Promise(setImmediate);
    if (alarms.length === 0) continue;
    failures++;
    console.log(`${protocol}, seed ${Number(seed) + index}: ${[...new Set(alarms)].slice(0, 5).join('; ')}`);
  }
}
console.log(`${failures} failures in ${count} cases of ${Object.keys(PROTOCOLS).length} protocols, seeds from ${seed}`);
process.exitCode = failures > 0 ? 1 : 0;
