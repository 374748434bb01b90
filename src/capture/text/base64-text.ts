import { isPacketOrCapture, type WeighFrames } from './contents.js';
import type { Literal } from './string-literal.js';

const LINE = /^[A-Za-z0-9+/_-]+={0,2}$/;
const DATA_URL = /^data:[\w./+-]*;base64,/;
const FEWEST = 4;

/** Whether a line may be base64, of the alphabet for URLs too. */
export function isBase64Line(line: string): boolean {
  const text = line.trim().replace(DATA_URL, '');
  return text.length >= FEWEST && LINE.test(text);
}

/**
 * The bytes of a text in base64: all lines as one, or each by itself. Many a word looks like base64, so only what gives
 * frames, packets or a capture by proof counts; `undefined` for all else.
 */
export function decodeBase64(text: string, weigh: WeighFrames): Literal[] | undefined {
  const lines = text.split(/\s+/).filter((line) => line !== '');
  const isProof = (bytes: Buffer | undefined): bytes is Buffer =>
    bytes !== undefined && (weigh(bytes, true) === 'proven' || isPacketOrCapture(bytes));
  const whole = decode(lines.join(''));
  if (isProof(whole)) return [{ bytes: whole, form: 'base64' }];
  const each = lines.map(decode);
  return lines.length > 0 && each.every(isProof) ? each.map((bytes) => ({ bytes, form: 'base64' })) : undefined;
}

/** Strictly: Node ignores what is no base64, and bits that do not fill a byte. */
function decode(line: string): Buffer | undefined {
  const text = line.replace(DATA_URL, '');
  if (!LINE.test(text)) return undefined;
  const digits = text.replace(/=+$/, '');
  const bytes = Buffer.from(digits, 'base64');
  const again = bytes.toString('base64').replace(/=+$/, '');
  return again === digits.replaceAll('-', '+').replaceAll('_', '/') ? bytes : undefined;
}
