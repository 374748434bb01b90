/** Characters of base64 that stand for whole bytes. */
const GROUP = 4;

/** Opens base64 of raw DEFLATE. The browser undoes both. */
export function inflated(base64: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  const text = base64.trim();
  // Where the file was cut, a group of characters may have lost its end.
  const binary = atob(text.slice(0, text.length - (text.length % GROUP)));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
}
