import { structuredPatch } from 'diff/lib/patch/create.js';

/** Edits after which no shortest difference is looked for: it would take long, and nobody would read it. */
const MOST_EDITS = 1000;
const CONTEXT = 2;
/** Lines of a difference that are shown. */
const MOST_LINES = 60;
/** Characters of one line that are shown. */
const WIDEST = 240;
/** Characters before the first one that differs that are shown of a longer line. */
const BEFORE = 60;

const ELLIPSIS = '...';

/**
 * The difference between two lists of lines, for people: `-` what the golden file has, `+` what the capture has. Long
 * lines are cut to the place where they differ. The lines are not safe to print.
 *
 * @returns lines; none where the lists are the same
 */
export function diffLines(golden: readonly string[], said: readonly string[]): string[] {
  if (golden.length === said.length && golden.every((line, index) => line === said[index])) return [];
  const options = { context: CONTEXT, maxEditLength: MOST_EDITS };
  const patch = structuredPatch('', '', withEnds(golden), withEnds(said), undefined, undefined, options);
  if (patch === undefined) return firstDifference(golden, said);
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...cutHunk(lines),
  ]);
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES), `${ELLIPSIS} ${lines.length - MOST_LINES} more lines of difference`];
}

function withEnds(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Cuts the lines of a hunk; a removed line and the added one that takes its place are cut at the same column. */
function cutHunk(lines: readonly string[]): string[] {
  const result: string[] = [];
  for (let at = 0; at < lines.length;) {
    const removed = run(lines, at, '-');
    const added = run(lines, at + removed.length, '+');
    removed.forEach((line, index) => result.push(cut(line, added[index])));
    added.forEach((line, index) => result.push(cut(line, removed[index])));
    at += removed.length + added.length;
    if (removed.length + added.length === 0) result.push(cut(lines[at++]!, undefined));
  }
  return result;
}

function run(lines: readonly string[], start: number, sign: string): readonly string[] {
  let end = start;
  while (lines[end]?.startsWith(sign)) end++;
  return lines.slice(start, end);
}

/** A line of which so much is shown as fits, from shortly before the first character that its counterpart has not. */
function cut(line: string, other: string | undefined): string {
  if (line.length <= WIDEST) return line;
  const column = other === undefined ? 1 : commonLength(line, other);
  const start = Math.max(1, Math.min(column - BEFORE, line.length - WIDEST));
  const end = start + WIDEST;
  const shownPart = line.slice(start, end);
  return `${line[0]!}${start > 1 ? ELLIPSIS : ''}${shownPart}${end < line.length ? ELLIPSIS : ''}`;
}

/** Characters after the first one that two lines begin with alike. */
function commonLength(a: string, b: string): number {
  let length = 1;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function firstDifference(golden: readonly string[], said: readonly string[]): string[] {
  const at = golden.findIndex((line, index) => line !== said[index]);
  const first = at < 0 ? golden.length : at;
  return [
    `@@ first difference in line ${first + 1}; ${golden.length} lines in the golden file, ${said.length} in the capture @@`,
    ...cutHunk([...golden.slice(first, first + 1).map(minus), ...said.slice(first, first + 1).map(plus)]),
    `${ELLIPSIS} too much differs to show all of it`,
  ];
}

function minus(line: string): string {
  return `-${line}`;
}

function plus(line: string): string {
  return `+${line}`;
}
