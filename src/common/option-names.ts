import { WsdissectError } from './error.js';
import { nearest } from './nearest.js';

/**
 * Checks the names of options in a call of the library: plain JavaScript has no types that find a misspelt one.
 *
 * @param call - as it is written, for the message: `dissect()`
 * @throws WsdissectError `bad-option` where they are no object, or one of them is not known
 */
export function checkOptionNames(call: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new WsdissectError('bad-option', `The options of ${call} are an object`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const advice = meant === undefined ? `it has ${known.join(', ')}` : `did you mean ${meant}?`;
    throw new WsdissectError('bad-option', `${call} has no option ${JSON.stringify(name)}: ${advice}`);
  }
}
