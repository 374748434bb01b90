import { isUtf8 } from '../../common/node/buffer.js';

const BACKSLASH = 0x5c;
/** Many a program writes them as they are, and nothing else can be meant. */
const CONTROLS = /[\0-\x1f]/g;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The text of a string of JSON by what stands between its quotes; `undefined` where it is none. */
export function decodeJsonString(raw: Buffer): string | undefined {
  if (!isUtf8(raw)) return undefined;
  const text = raw.toString('utf8');
  if (!raw.includes(BACKSLASH)) return text;
  try {
    return JSON.parse(`"${text.replace(CONTROLS, escaped)}"`) as string;
  } catch {
    return undefined;
  }
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The same as bytes of UTF-8; `undefined` too where it has half of a surrogate pair, which no UTF-8 can have. */
export function jsonStringBytes(raw: Buffer): Buffer | undefined {
  if (!raw.includes(BACKSLASH)) return isUtf8(raw) ? Buffer.from(raw) : undefined;
  const text = decodeJsonString(raw);
  return text === undefined || LONE_SURROGATE.test(text) ? undefined : Buffer.from(text, 'utf8');
}
