/** A command in a document, and what the document says it prints. */
export interface ShownCommand {
  /** Line of the document, from 1. */
  readonly line: number;
  readonly command: string;
  /** The lines after it; none where its output is not shown. */
  readonly output: readonly string[];
}

/** A block of commands in a document. */
export interface ConsoleBlock {
  readonly commands: readonly ShownCommand[];
  /** Why its commands are not run, where its first line says so. */
  readonly notRun: string | undefined;
  /** The program and version that its commands need besides wsdissect, where its first line says so. */
  readonly needs: string | undefined;
}

const FENCE = /^```(console|sh)?/;
const NOT_RUN = /^# not run: (.+)$/;
const NEEDS = /^# needs (.+)$/;

/**
 * The blocks of a document that hold commands: fenced as `console` or `sh`, commands after `$ `, their output below.
 *
 * @param text - Markdown
 */
export function consoleBlocks(text: string): ConsoleBlock[] {
  const blocks: ConsoleBlock[] = [];
  let lines: { readonly line: number; readonly text: string }[] | undefined;
  let isOther = false;
  text.split('\n').forEach((content, index) => {
    const fence = FENCE.exec(content);
    if (fence === null) {
      lines?.push({ line: index + 1, text: content });
    } else if (lines !== undefined || isOther) {
      if (lines !== undefined) blocks.push(toBlock(lines));
      lines = undefined;
      isOther = false;
    } else if (fence[1] === undefined) {
      isOther = true;
    } else {
      lines = [];
    }
  });
  return blocks.filter(({ commands }) => commands.length > 0);
}

function toBlock(lines: readonly { readonly line: number; readonly text: string }[]): ConsoleBlock {
  const commands: { line: number; command: string; output: string[] }[] = [];
  for (const { line, text } of lines) {
    if (text.startsWith('$ ')) commands.push({ line, command: text.slice(2), output: [] });
    else if (commands.at(-1)?.command.endsWith('\\') && commands.at(-1)!.output.length === 0)
      commands.at(-1)!.command += `\n${text}`;
    else commands.at(-1)?.output.push(text);
  }
  for (const { output } of commands) while (output.at(-1) === '') output.pop();
  const first = lines[0]?.text ?? '';
  return { commands, notRun: NOT_RUN.exec(first)?.[1], needs: NEEDS.exec(first)?.[1] };
}

/**
 * Whether a command printed what its document shows. A shown line `...` stands for any number of lines.
 *
 * @param shown - the lines in the document; none for any output
 */
export function isAsShown(shown: readonly string[], printed: string): boolean {
  const wanted = trimEnd(shown.map((line) => line.trimEnd()));
  if (wanted.length === 0) return true;
  const lines = trimEnd(printed.split('\n').map((line) => line.trimEnd()));
  const parts: string[][] = [[]];
  for (const line of wanted) {
    if (line === '...') parts.push([]);
    else parts.at(-1)!.push(line);
  }
  const [first, ...others] = parts as [string[], ...string[][]];
  const last = others.at(-1);
  if (last === undefined) return lines.join('\n') === first.join('\n');
  if (!startsAt(lines, first, 0)) return false;
  let at = first.length;
  for (const part of others.slice(0, -1)) {
    while (at < lines.length && !startsAt(lines, part, at)) at++;
    if (at >= lines.length) return false;
    at += part.length;
  }
  const end = lines.length - last.length;
  return end >= at && startsAt(lines, last, end);
}

function startsAt(lines: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((line, index) => lines[at + index] === line);
}

function trimEnd(lines: readonly string[]): string[] {
  const length = lines.findLastIndex((line) => line !== '') + 1;
  return lines.slice(0, length);
}
