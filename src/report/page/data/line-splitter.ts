/** Cuts text that comes in pieces into lines. */
export class LineSplitter {
  readonly #line: (text: string) => void;
  #rest = '';

  /** @param line - takes each line, without its line end */
  constructor(line: (text: string) => void) {
    this.#line = line;
  }

  push(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop()!;
    for (const part of parts) this.#line(part);
  }

  /** The text is over: its last line counts, even without a line end. */
  end(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }
}
