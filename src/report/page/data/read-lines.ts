import { inflated } from '../packed.js';

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

/**
 * Reads the lines in the page's data: base64 of raw DEFLATE.
 *
 * @param line - takes each line
 * @throws TypeError where the data is damaged; the lines before were given
 */
export async function readLines(base64: string, line: (text: string) => void): Promise<void> {
  const reader = inflated(base64).pipeThrough(new TextDecoderStream()).getReader();
  const lines = new LineSplitter(line);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    lines.push(value);
  }
  lines.end();
}
