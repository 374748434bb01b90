import { isMinimal } from '../../websocket/frame-header.js';
import { CLOSE, opcodeName } from '../../websocket/frame.js';
import type { PageFrame } from './data/frames.js';

/** Text that stands for itself between single quotes, in any shell and any locale. */
const PLAIN = /^[ -~]+$/;

/**
 * A command line that builds the same bytes again, header, key and payload.
 *
 * @returns `undefined` where not all of its payload is known
 */
export function encodeCommand({ shown, payload, isWhole }: PageFrame): string | undefined {
  const { frame } = shown;
  if (!isWhole || payload === undefined) return undefined;
  const text = new TextDecoder('utf-8').decode(payload);
  const isText = PLAIN.test(text) && frame.opcode !== CLOSE;
  const name = opcodeName(frame.opcode);
  const options = [
    `--opcode=${name === 'reserved' ? frame.opcode : name}`,
    ...(frame.maskingKey === undefined ? [] : [`--mask=${frame.maskingKey.toString(16).padStart(8, '0')}`]),
    ...(frame.fin ? [] : ['--no-fin']),
    ...(['rsv1', 'rsv2', 'rsv3'] as const).filter((bit) => frame[bit]).map((bit) => `--${bit}`),
    ...(isMinimal(frame) ? [] : [`--length-form=${frame.headerLength - (frame.mask ? 4 : 0) === 4 ? 16 : 64}`]),
  ].join(' ');
  if (isText) return `wsdissect encode ${options} -- '${text.replaceAll("'", `'\\''`)}'`;
  const octal = Array.from(payload, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  return `printf '${octal}' | wsdissect encode ${options} --file=-`;
}
