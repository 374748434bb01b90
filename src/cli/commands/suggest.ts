import { nearest } from '../../common/nearest.js';
import { COMMAND_NAMES } from './define-command.js';

/**
 * What may have been meant by a file that does not exist: a command that stands in the wrong place, or a mistyped one.
 *
 * @returns words to say in place of the advice to check the path; `undefined` where that is all there is to say
 */
export function hintForMissing(name: string): string | undefined {
  if (COMMAND_NAMES.some((command) => command === name))
    return `; a command comes before its options: wsdissect ${name} ...`;
  const meant = nearest(name, COMMAND_NAMES);
  return meant === undefined ? undefined : `, nor such a command: did you mean ${meant}?`;
}

/** What is wrong with a command that help is asked about; `undefined` where there is such a command. */
export function unknownTopic(topic: string): string | undefined {
  if (topic === 'help' || COMMAND_NAMES.some((command) => command === topic)) return undefined;
  const meant = nearest(topic, COMMAND_NAMES);
  const hint = meant === undefined ? 'wsdissect --help lists them' : `did you mean ${meant}?`;
  return `help: no such command: ${topic}; ${hint}`;
}
