const INDENT = '  ';
/** Deeper text is not easier to read with each level in its own column, and the indents would outweigh it. */
const MOST_DEPTH = 64;
/** Characters of the text, and of the result without the last line. */
const MOST_LENGTH = 8 * 1024 * 1024;

/**
 * JSON text with each member in a line of its own. Only the white space between tokens changes: each number, string and
 * name stays as it was written, however large, escaped or repeated.
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
    line += token === ':' ? ': ' : token;
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
