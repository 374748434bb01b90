import { ESCAPED, escapeText, sanitize } from '../output/sanitize.js';
import { isUnsafe } from '../output/unsafe.js';

/**
 * Text of a capture, or a name, made safe to print in the log of a CI service too: `##[` and `##vso[` begin a command
 * there, wherever in a line they stand.
 */
export function shown(text: string): string {
  return COMMAND.test(text) ? ESCAPED + escapeText(text).replaceAll(COMMAND_MARKS, '#\\x23') : sanitize(text);
}

const COMMAND = /##(?:\[|vso\[)/;
const COMMAND_MARKS = /##(?=\[|vso\[)/g;

/** JSON in which everything that is not safe on a terminal is escaped. */
export function safeJson(value: unknown, space?: number): string {
  return escapeUnsafe(JSON.stringify(value, undefined, space));
}

/** A line that somebody else wrote as JSON, made safe to print: its own escapes stay as they are. */
export function shownJson(line: string): string {
  return escapeUnsafe(line).replace(/##(?=\[|vso\[)/g, '#\\u0023');
}

function escapeUnsafe(text: string): string {
  return text.replace(/[^ -~\n]/gu, (character) => {
    if (!isUnsafe(character.codePointAt(0)!)) return character;
    let escaped = '';
    for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    return escaped;
  });
}
