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

/**
 * Runs a script that stands compressed in the page. The page's policy names it by its digest: nothing else can be run in
 * this way.
 *
 * @param id - the element that has it
 */
export async function runPacked(id: string): Promise<void> {
  const script = document.createElement('script');
  script.textContent = await new Response(inflated(document.getElementById(id)!.textContent)).text();
  document.head.append(script);
}
