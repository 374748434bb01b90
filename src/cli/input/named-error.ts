import { WsdissectError } from '../../common/error.js';
import { sanitize } from '../../output/sanitize.js';
import { STDIN } from './input.js';

/** The name of an input as messages and reports say it. Not safe to print: whoever prints it makes it so, once. */
export function inputName(name: string): string {
  return name === STDIN ? 'stdin' : name;
}

/** The name of an input, safe to print. */
export function shownName(name: string): string {
  return sanitize(inputName(name));
}

/** An error of an input as one that names it; any other is given back as it is. */
export function named(name: string, error: unknown): unknown {
  if (!(error instanceof WsdissectError) || error.code === 'unwritable') return error;
  // Whoever prints the message makes it safe.
  return new WsdissectError(error.code, `${inputName(name)}: ${error.message}`, { cause: error });
}
