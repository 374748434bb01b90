import { nearest } from '../common/nearest.js';
import { COMMANDS } from './commands.js';

/**
 * What may have been meant by a file that does not exist: a command that stands in the wrong place, or a mistyped one.
 *
 * @returns words to add to the error, or none
 */
export function hintForMissing(name: string): string {
  const names = COMMANDS.map((command) => command.name);
  if (names.includes(name)) return `; a command stands before its options: wsdissect ${name} ...`;
  const meant = nearest(name, names);
  return meant === undefined ? '' : `, nor such a command: did you mean ${meant}?`;
}
