import { nearest } from '../../common/nearest.js';
import { COMMAND_NAMES } from './define-command.js';

/** Bytes in hex where the name of a file was meant: a frame has at least two. */
const BYTES = /^(?:0x)?[0-9a-f]{2}(?:[ :,]?(?:0x)?[0-9a-f]{2})+$/i;
/** Characters of them that are said again. */
const MOST_SHOWN = 40;

/**
 * What may have been meant by a file that does not exist: a command that stands in the wrong place, or a mistyped one.
 *
 * @returns words to say in place of the advice to check the path; `undefined` where that is all there is to say
 */
export function hintForMissing(name: string): string | undefined {
  if (BYTES.test(name)) {
    const shown = name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN)}…` : name;
    return `; these are bytes in hex: \`wsdissect explain ${shown}\` explains them, \`echo ${shown} | wsdissect\` reads them`;
  }
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
