import { inflated } from './inflated.js';
import { LineSplitter } from './line-splitter.js';

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
