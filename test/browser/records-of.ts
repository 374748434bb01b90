import type * as Library from '../../src/index.js';

/**
 * All records of a capture and its findings, one a line, and how it ended where it could not be read. It is run in a page as
 * well, so it uses nothing but what it is given.
 */
export async function recordsOf(
  library: Pick<typeof Library, 'dissect' | 'toRecord' | 'KeyLog'>,
  source: Library.CaptureSource,
  keys: Uint8Array | undefined,
): Promise<string> {
  const lines: string[] = [];
  const options: Library.DissectOptions = {};
  if (keys !== undefined) {
    options.keyLog = new library.KeyLog();
    options.keyLog.push(keys);
    options.keyLog.end();
  }
  try {
    for await (const event of library.dissect(source, options)) {
      if (event.type === 'finding') lines.push(JSON.stringify(event.finding));
      else if (event.type === 'frame' || event.type === 'message' || event.type === 'connection') {
        lines.push(JSON.stringify(library.toRecord(event)));
      }
    }
  } catch (error) {
    lines.push(String(error));
  }
  return lines.join('\n');
}
