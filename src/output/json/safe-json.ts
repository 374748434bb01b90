import { isUnsafe } from '../unsafe.js';

/**
 * A value as JSON in which every character that may hide or move something on a terminal is escaped, as JSON allows
 * for every character.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^ -~]/gu, (character) =>
    isUnsafe(character.codePointAt(0)!) ? unicodeEscape(character) : character,
  );
}

/** `\u202e`; two of them for a code point above U+FFFF. */
export function unicodeEscape(character: string): string {
  let escaped = '';
  for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escaped;
}
