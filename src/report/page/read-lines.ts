/** Characters of base64 that stand for whole bytes. */
const GROUP = 4;

/**
 * Reads the lines in the page's data: base64 of raw DEFLATE. The browser undoes both.
 *
 * @param line - takes each line
 * @throws TypeError where the data is damaged; the lines before were given
 */
export async function readLines(base64: string, line: (text: string) => void): Promise<void> {
  const text = base64.trim();
  // Where the file was cut, a group of characters may have lost its end.
  const binary = atob(text.slice(0, text.length - (text.length % GROUP)));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  const opened = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = opened.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop()!;
    for (const part of parts) line(part);
  }
  if (rest !== '') line(rest);
}
