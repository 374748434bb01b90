import { callDifferences } from './call-differences.js';
import type { Difference } from './difference.js';
import { fieldDifferences, messageDifferences } from './message-differences.js';
import type { Said } from './said.js';

/** What is compared besides what was said. */
export interface CompareOptions {
  /** How much longer or shorter a call may take, as a share of the first; `undefined` for any. */
  readonly latency: number | undefined;
}

/** Compares what two captures said, connection by connection. */
export function* compareSaid(before: Said, after: Said, { latency }: CompareOptions): Generator<Difference> {
  for (const [a, b] of pairs(before.urls, after.urls)) {
    const [one, other] = [
      a === undefined ? undefined : before.record(a),
      b === undefined ? undefined : after.record(b),
    ];
    const url = (a === undefined ? other : one)?.url;
    const place = { connection: a ?? b!, ...(typeof url === 'string' ? { url } : {}) };
    if (a === undefined || b === undefined) {
      yield { kind: b === undefined ? 'connection-missing' : 'connection-extra', ...place, values: [] };
      continue;
    }
    const handshake = fieldDifferences(one ?? {}, other ?? {});
    if (handshake.length > 0) yield { kind: 'handshake', ...place, values: handshake };
    for (const sender of ['client', 'server'] as const) {
      const found = messageDifferences(
        () => before.messages(a, sender),
        () => after.messages(b, sender),
      );
      for (const each of found) yield { ...place, sender, ...each };
    }
    for (const each of callDifferences(before.calls(a), after.calls(b), latency)) yield { ...place, ...each };
  }
}

type Urls = readonly (string | undefined)[];

/** Connections that belong together: with the same URL in their order, then what is left in its order. */
function* pairs(before: Urls, after: Urls): Generator<[number | undefined, number | undefined]> {
  const left = new Map<string | undefined, { readonly indices: number[]; taken: number }>();
  for (const [index, url] of after.entries()) {
    const same = left.get(url);
    if (same === undefined) left.set(url, { indices: [index], taken: 0 });
    else same.indices.push(index);
  }
  const twins = before.map((url) => {
    const same = left.get(url);
    return same?.indices[same.taken++];
  });
  const taken = new Set(twins);
  const rest = [...after.keys()].filter((index) => !taken.has(index));
  let next = 0;
  for (const [index, twin] of twins.entries()) yield [index, twin ?? rest[next++]];
  for (const index of rest.slice(next)) yield [undefined, index];
}
