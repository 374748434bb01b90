import { nearest } from '../../common/nearest.js';
import type { DecodeChoice } from '../../subprotocol/meaning-reader.js';
import { PROTOCOLS, type ProtocolName } from '../../subprotocol/sub-protocol.js';

/** `auto`, `off`, or names of protocols with commas between them. */
export function parseDecode(value: string): DecodeChoice {
  if (value === 'auto' || value === 'off') return value;
  return value.split(',').map((word) => parseProtocol(word.trim()));
}

function parseProtocol(word: string): ProtocolName {
  const found = PROTOCOLS.find((name) => name === word.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(word, ['auto', 'off', ...PROTOCOLS]);
  throw new RangeError(
    `It must be auto, off, or names of ${PROTOCOLS.join(', ')}${near === undefined ? '' : `: did you mean ${near}?`}`,
  );
}
