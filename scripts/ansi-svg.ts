import stringWidth from 'string-width';

/** A run of characters that look the same. */
interface Span {
  readonly text: string;
  /** Names of the classes in the style sheet; none for plain text. */
  readonly classes: readonly string[];
  /** Columns before it. */
  readonly column: number;
}

const CELL = 8.4;
const LINE = 19;
const MARGIN = 16;

/** What the codes of SGR escape sequences that chalk writes turn on, by the class of it. */
const ON: ReadonlyMap<number, string> = new Map([
  [1, 'bold'],
  [2, 'dim'],
  [3, 'italic'],
  [4, 'underline'],
  [31, 'red'],
  [32, 'green'],
  [33, 'yellow'],
  [34, 'blue'],
  [35, 'magenta'],
  [36, 'cyan'],
]);
/** What the codes turn off. */
const OFF: ReadonlyMap<number, readonly string[]> = new Map([
  [0, [...ON.values()]],
  [22, ['bold', 'dim']],
  [23, ['italic']],
  [24, ['underline']],
  [39, ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan']],
]);

/** Colours with a contrast of at least 4.5 to 1 on their background, light and dark. */
const STYLE = `
.page{fill:#ffffff;stroke:#d0d7de}text{fill:#1f2328;font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}
.bold{font-weight:700}.italic{font-style:italic}.underline{text-decoration:underline}.dim{fill:#59636e}.red{fill:#b3202a}.green{fill:#116329}.yellow{fill:#7d4e00}.blue{fill:#0550ae}
.magenta{fill:#8250df}.cyan{fill:#0a6570}
@media(prefers-color-scheme:dark){.page{fill:#0d1117;stroke:#30363d}text{fill:#e6edf3}.dim{fill:#9198a1}.red{fill:#ff7b72}
.green{fill:#56d364}.yellow{fill:#e3b341}.blue{fill:#79c0ff}.magenta{fill:#d2a8ff}.cyan{fill:#56d4dd}}`;

/**
 * Text of a terminal as a picture that is readable on light and dark pages.
 *
 * @param text - lines with the SGR sequences of chalk in them, and no other escape sequence
 * @param title - what the picture shows, for those who cannot see it
 */
export function ansiToSvg(text: string, title: string): string {
  const lines = text.trimEnd().split('\n').map(spansOf);
  const columns = Math.max(...lines.map((spans) => widthOf(spans.at(-1))));
  const width = Math.ceil(columns * CELL + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN;
  const rows = lines.flatMap((spans, row) => spans.map((span) => spanElement(span, MARGIN + (row + 0.75) * LINE)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>${STYLE}
</style>
<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${rows.join('\n')}
</svg>
`;
}

function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let classes: string[] = [];
  let column = 0;
  for (const [index, part] of line.split(/\u001b\[([0-9;]*)m/).entries()) {
    if (index % 2 === 1) {
      for (const code of part.split(';')) classes = classesAfter(classes, Number(code));
    } else if (part !== '') {
      spans.push({ text: part, classes, column });
      column += stringWidth(part);
    }
  }
  return spans;
}

function classesAfter(classes: readonly string[], code: number): string[] {
  const on = ON.get(code);
  if (on !== undefined) return [...classes, on];
  const off = OFF.get(code);
  if (off !== undefined) return classes.filter((name) => !off.includes(name));
  throw new RangeError(`the picture does not know the SGR code ${code}`);
}

function spanElement({ text, classes, column }: Span, y: number): string {
  const names = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  const x = (MARGIN + column * CELL).toFixed(1);
  const length = (stringWidth(text) * CELL).toFixed(1);
  return `<text x="${x}" y="${y.toFixed(1)}" textLength="${length}"${names}>${escapeXml(text)}</text>`;
}

function widthOf(span: Span | undefined): number {
  return span === undefined ? 0 : span.column + stringWidth(span.text);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
