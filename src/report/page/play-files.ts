import { asBuffer } from '../../capture/chunk-input.js';
import { WsdissectError } from '../../common/error.js';
import { KeyLog } from '../../tls/key-log/key-log.js';

/** Bytes that are read at a time. */
const SLICE = 256 * 1024;
/** Bytes that tell whether a file is a key log. */
const LOOKED_AT = 64 * 1024;
/** What no text has. The zeros of UTF-16 stand beside its letters, and it begins with its mark. */
const NO_TEXT = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;

/** A file that was chosen, and what it is for. */
export interface ChosenFiles {
  readonly captures: readonly File[];
  readonly keyLogs: readonly File[];
}

/** Tells key logs of TLS from captures, by what they hold and not by their names. */
export async function sortFiles(files: readonly File[]): Promise<ChosenFiles> {
  const captures: File[] = [];
  const keyLogs: File[] = [];
  for (const file of files) ((await isKeyLog(file)) ? keyLogs : captures).push(file);
  return { captures, keyLogs };
}

async function isKeyLog(file: File): Promise<boolean> {
  try {
    const bytes = new Uint8Array(await file.slice(0, LOOKED_AT).arrayBuffer());
    const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (!isWide && NO_TEXT.test(new TextDecoder('latin1').decode(bytes))) return false;
    const text = new KeyLog().openText();
    text.push(asBuffer(bytes));
    text.end();
    return text.secrets > 0;
  } catch {
    // A folder, or a file that is gone: reading it as a capture tells.
    return false;
  }
}

/** The secrets of several key logs. */
export async function readKeyLogs(files: readonly File[]): Promise<KeyLog> {
  const keyLog = new KeyLog();
  for (const file of files) {
    for await (const slice of slicesOf(file)) keyLog.push(slice);
    keyLog.endText();
  }
  keyLog.end();
  return keyLog;
}

/** The bytes of a file, a slice at a time: none is read before it is asked for. */
export async function* slicesOf(file: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += SLICE) {
    const slice = file.slice(at, at + SLICE);
    const bytes = await slice.arrayBuffer().catch((cause: unknown) => {
      const message = 'the browser cannot read it: it is a folder, or is not there any more';
      throw new WsdissectError('unreadable', message, { cause });
    });
    yield new Uint8Array(bytes);
  }
}
