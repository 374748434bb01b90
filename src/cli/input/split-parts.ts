import { dirname } from 'node:path';
import type { SplitPart } from '../../capture/packet.js';
import { WsdissectError } from '../../common/error.js';
import { shownName } from './named-error.js';

/** An input, and which part of a split set it is. */
interface InputPart {
  readonly name: string;
  readonly part: SplitPart | undefined;
}

/**
 * A shard has a part of every file of the set that was split: without one, what it holds would be missing without a word.
 *
 * @throws WsdissectError `unreadable` where parts are not there
 */
export function checkParts(inputs: readonly InputPart[]): void {
  const first = inputs.find(({ part }) => part !== undefined);
  if (first === undefined) return;
  const { files } = first.part!;
  const there = new Set(inputs.map(({ part }) => part?.number));
  const missing = Array.from({ length: files }, (_, index) => index + 1).filter((number) => !there.has(number));
  if (missing.length === 0) return;
  const [what, are] = missing.length === 1 ? ['part', 'is'] : ['parts', 'are'];
  const message = `${shownName(dirname(first.name))}: ${what} ${missing.join(', ')} of ${files} ${are} not there; run split --phase write again`;
  throw new WsdissectError('unreadable', message);
}
