import { nearest } from '../../common/nearest.js';
import { COMMANDS } from './commands.js';

/**
 * What may have been meant by a file that does not exist: a command that stands in the wrong place, or a mistyped one.
 *
 * @returns words to say in place of the advice to check the path; `undefined` where that is all there is to say
 */
export function hintForMissing(name: string): string | undefined {
  const names = COMMANDS.map((command) => command.name);
  if (names.includes(name)) return `; a command stands before its options: wsdissect ${name} ...`;
  const meant = nearest(name, names);
  return meant === undefined ? undefined : `, nor such a command: did you mean ${meant}?`;
}
