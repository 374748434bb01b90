import { WsdissectError } from '../../common/error.js';
import { comparedLines } from './compared-lines.js';
import { parseGoldenLine } from './golden.js';
import type { IgnoreRule } from './ignore-rules.js';
import type { GoldenLine } from './meanings.js';
import type { Claim } from '../report.js';
import { safeJson } from '../shown.js';

/** What a line has that says how it is understood, and is not compared. */
const AFTER_LOSS = '"afterLoss":true';

/**
 * A golden file: what captures said when it was written.
 *
 * @beta
 */
export class GoldenFile {
  readonly #name: string;
  readonly #lines: readonly string[];
  /** Lines by the capture that they are of, where they name one. */
  readonly #byCapture: ReadonlyMap<string | undefined, readonly string[]>;
  readonly #compared = new Set<string | undefined>();
  readonly #ignore: readonly IgnoreRule[];

  /**
   * @param name - path of the file, for the report
   * @param text - its content: one JSON object a line
   * @param ignore - what is not compared
   * @throws WsdissectError `bad-option` that names a line which is no JSON object
   */
  constructor(name: string, text: string, ignore: readonly IgnoreRule[] = []) {
    this.#name = name;
    this.#ignore = ignore;
    this.#lines = text.split(/\r?\n/).filter((line) => line !== '');
    this.#byCapture = groupByFile(name, this.#lines);
  }

  /** It has a section for each of several captures. */
  get hasSections(): boolean {
    return [...this.#byCapture.keys()].some((file) => file !== undefined);
  }

  /**
   * The whole file with the sections of some captures in place of those that they had. A file without sections, or what
   * is said without any, is replaced.
   *
   * @param said - lines of captures; each names its own where there are sections
   */
  updated(said: readonly string[]): readonly string[] {
    const sections = groupByFile(this.#name, said);
    if (!this.hasSections || sections.has(undefined)) return said;
    const kept = [...this.#byCapture].filter(([file]) => file !== undefined);
    const order = new Set([...kept.map(([file]) => file), ...sections.keys()]);
    const old = new Map(kept);
    return [...order].flatMap((file) => sections.get(file) ?? old.get(file) ?? []);
  }

  /**
   * Compares what a capture said.
   *
   * @param file - name of the capture, where several are checked and each line names its own
   * @param said - lines as they would stand in the file; `undefined` where it was too much to compare
   */
  async compare(file: string | undefined, said: readonly string[] | undefined): Promise<Claim> {
    if (said === undefined) return this.#claim(file, 'it holds more than can be compared', []);
    this.#compared.add(file);
    const golden = this.#kept(file === undefined ? this.#lines : (this.#byCapture.get(file) ?? []));
    said = this.#kept(said);
    if (golden.length === said.length && golden.every((line, index) => line === said[index])) {
      return this.#claim(file, undefined, []);
    }
    const { diffLines } = await import('./golden-diff.js');
    return this.#claim(file, 'what was said differs; --update rewrites it', diffLines(golden, said));
  }

  /** Lines as they are compared. */
  #kept(lines: readonly string[]): readonly string[] {
    if (this.#ignore.length === 0 && !lines.some((line) => line.includes(AFTER_LOSS))) return lines;
    const records = lines.map((line) => JSON.parse(line) as GoldenLine);
    return comparedLines(records, this.#ignore).map((record) => safeJson(record));
  }

  /** What the file has of captures that were not compared; nothing where only one capture was. */
  leftover(): Claim | undefined {
    if (this.#compared.has(undefined)) return undefined;
    const missing = [...this.#byCapture.keys()].filter((file) => !this.#compared.has(file));
    if (missing.length === 0) return undefined;
    const named = missing.map((file) => file ?? 'lines that name no capture');
    return this.#claim(undefined, `it holds captures that were not checked: ${named.join(', ')}`, []);
  }

  #claim(file: string | undefined, problem: string | undefined, detail: readonly string[]): Claim {
    const message = problem ?? 'what was said is the same';
    const name = file === undefined ? this.#name : `${this.#name} (${file})`;
    const origin = { file: this.#name, line: 1 };
    return { kind: 'golden', name, isMet: problem === undefined, message, detail, origin };
  }
}

function groupByFile(name: string, lines: readonly string[]): Map<string | undefined, string[]> {
  const groups = new Map<string | undefined, string[]>();
  for (const [index, line] of lines.entries()) {
    const file = fileOf(line);
    if (file === null) {
      throw new WsdissectError(
        'bad-option',
        `${name}: line ${index + 1} is not a JSON object, so this is not a golden file; name another, or write one with --update`,
      );
    }
    const group = groups.get(file);
    if (group === undefined) groups.set(file, [line]);
    else group.push(line);
  }
  return groups;
}

/** The value of `file`; `undefined` for none, `null` where the line is no JSON object. */
function fileOf(line: string): string | undefined | null {
  const record = parseGoldenLine(line);
  if (record === undefined) return null;
  return typeof record.file === 'string' ? record.file : undefined;
}
