import { Dissector } from '../../../src/dissect.js';
import { pcapOf, Talk } from '../../hostile/talk.js';
import { CALLS } from './calls.js';
import { DATABASES } from './databases.js';
import { INDUSTRY } from './industry.js';
import { MEDIA } from './media.js';
import { MESSAGING } from './messaging.js';
import { NETWORK } from './network.js';
import { Random, type Exchange, type Generator } from './random.js';

/** All protocols, by name. None of them is WebSocket. */
export const PROTOCOLS: Readonly<Record<string, Generator>> = {
  ...CALLS,
  ...DATABASES,
  ...INDUSTRY,
  ...MEDIA,
  ...MESSAGING,
  ...NETWORK,
};

/** What may be told of a protocol all the same: that it cannot be looked into. */
const TOLD: Readonly<Record<string, RegExp>> = {
  'tls without keys': /^tls\./,
  'http/2': /^http2?\./,
  grpc: /^http2?\./,
};

const LONGEST_SEGMENT = 1400;

/**
 * Reads a conversation of a protocol, made from a seed, whose capture begins anywhere, loses packets, and cuts what is
 * sent into segments at any place.
 *
 * @returns what came out that must not: nothing where all is well
 */
export function falseAlarms(protocol: string, seed: number): string[] {
  const random = new Random(seed);
  const packets = packetsOf(PROTOCOLS[protocol]!(random), random);
  const late = random.below(3) === 0 ? 0 : random.below(packets.length);
  const kept = packets.slice(late).filter(() => random.below(40) > 0);
  const dissector = new Dissector();
  dissector.push(pcapOf(kept));
  dissector.end();
  const alarms: string[] = [];
  for (let batch = dissector.take(); batch.length > 0; batch = dissector.take()) {
    for (const event of batch) {
      if (event.type === 'finding') {
        if (TOLD[protocol]?.test(event.finding.code) !== true)
          alarms.push(`${event.finding.code}: ${event.finding.message}`);
      } else {
        alarms.push(`a ${event.type}`);
      }
    }
  }
  return alarms;
}

/** One segment for each write, as most programs send; or several writes in one, or cuts anywhere. */
function packetsOf(exchange: Exchange, random: Random): readonly Buffer[] {
  const talk = new Talk().open();
  const way = random.below(3);
  let waiting: Buffer[] = [];
  exchange.forEach(([side, bytes], index) => {
    waiting.push(bytes);
    const isLast = exchange[index + 1]?.[0] !== side;
    if (way === 1 && !isLast && random.below(3) > 0) return;
    const all = Buffer.concat(waiting);
    waiting = [];
    for (let at = 0; at < all.length;) {
      const most = way === 2 ? random.between(1, LONGEST_SEGMENT) : LONGEST_SEGMENT;
      talk.send(side, all.subarray(at, at + most));
      at += most;
    }
    if (random.below(4) === 0) talk.acknowledge(side === 0 ? 1 : 0);
  });
  return talk.finish().packets;
}
