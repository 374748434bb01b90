const COLUMNS = 80;

/**
 * Breaks a text between words so that it fits into 80 columns.
 *
 * @param indent - columns that every line begins with
 * @returns lines with their line ends
 */
export function wrapped(text: string, indent: number): string {
  const lead = ' '.repeat(indent);
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current === '') current = word;
    else if (lead.length + current.length + 1 + word.length <= COLUMNS) current += ` ${word}`;
    else {
      lines.push(current);
      current = word;
    }
  }
  lines.push(current);
  return lines.map((each) => `${lead}${each}\n`).join('');
}
