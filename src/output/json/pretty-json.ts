import { unsafeCharacters } from '../sanitize.js';

const INDENT = '  ';
/** Deeper text is not easier to read with each level in its own column, and the indents would outweigh it. */
const MOST_DEPTH = 64;
/** Characters of the text, and of the result without the last line. */
const MOST_LENGTH = 8 * 1024 * 1024;

/**
 * JSON text with each member in a line of its own. The white space between tokens changes, and characters beyond
 * ASCII that strings have as `\u592a` are shown as themselves. All else stays as it was written: numbers however large,
 * members however often repeated.
 *
 * @param length - characters of the text to show, where it is too long for all of them
 * @returns `undefined` where the text is no JSON object or array, or the result would be out of all proportion
 */
export function prettyJson(text: string, length = text.length): string[] | undefined {
  if (text.length > MOST_LENGTH || !isJson(text)) return undefined;
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  let total = 0;
  let isAfterOpening = false;
  const breakLine = (): void => {
    lines.push(line);
    total += line.length;
    line = INDENT.repeat(depth);
  };
  for (const token of tokens(text.slice(0, length))) {
    const isClosing = token === '}' || token === ']';
    if (isClosing) depth--;
    // An empty object or array stays in its line.
    if (isAfterOpening !== isClosing) breakLine();
    isAfterOpening = token === '{' || token === '[';
    if (isAfterOpening) depth++;
    line += token === ':' ? ': ' : withCharacters(token);
    if (token === ',') breakLine();
    if (depth > MOST_DEPTH || total > MOST_LENGTH) return undefined;
  }
  lines.push(line);
  return lines;
}

function isJson(text: string): boolean {
  if (!/^[ \t\n\r]*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const SPACE = /[ \t\n\r]*/y;
const WORD = /[^ \t\n\r"{}[\],:]*/y;
const PUNCTUATION = '{}[],:';

/** The tokens of JSON text, the white space between them left out. A string that is cut is one too. */
function* tokens(text: string): Generator<string> {
  let at = endOf(SPACE, text, 0);
  while (at < text.length) {
    const first = text[at]!;
    let end = at + 1;
    if (first === '"') end = endOfString(text, at);
    else if (!PUNCTUATION.includes(first)) end = endOf(WORD, text, at);
    yield text.slice(at, end);
    at = endOf(SPACE, text, end);
  }
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Where a string ends that begins here: after the first quote that no backslash escapes. */
function endOfString(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '"') return end + 1;
    if (text[end] === '\\') end++;
  }
  return text.length;
}

/** A backslash and what it escapes, or several `\u` escapes in a row. */
const ESCAPES = /(?:\\u[\da-f]{4})+|\\[^]/gi;
const QUOTE = '"';
const FIRST_BEYOND_ASCII = '\u0080';

/** A string as JSON writes it, with what is escaped by its number as characters where those are beyond ASCII and can be printed. */
function withCharacters(token: string): string {
  if (!token.startsWith(QUOTE) || !token.includes('\\u')) return token;
  return token.replace(ESCAPES, (escapes) => (/^\\u[\da-f]{4}/i.test(escapes) ? characters(escapes) : escapes));
}

function characters(escapes: string): string {
  const text = escapes.replace(/\\u(.{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  const unsafe = new Set([...unsafeCharacters(text)].map(({ index }) => index));
  let shown = '';
  let at = 0;
  for (const character of text) {
    // One code unit was written in six characters.
    const asWritten = escapes.slice(at * ESCAPE_LENGTH, (at + character.length) * ESCAPE_LENGTH);
    shown += unsafe.has(at) || character < FIRST_BEYOND_ASCII ? asWritten : character;
    at += character.length;
  }
  return shown;
}

const ESCAPE_LENGTH = '\\u0000'.length;
