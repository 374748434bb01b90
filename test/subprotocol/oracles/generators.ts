import fc from 'fast-check';
import { expect } from 'vitest';
import type { DecodedMessage } from '../../../src/subprotocol/sub-protocol.js';

/** JSON as applications send it; -0 has no way into JSON. */
export const json = fc
  .jsonValue({ depthSize: 'small', stringUnit: 'grapheme' })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** An object. */
export const jsonObject = fc
  .dictionary(
    fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__'),
    json,
    { maxKeys: 3 },
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);

/** The meaning of a message that says one thing, its JSON parsed. */
export function meaningOf(decoded: DecodedMessage | undefined, index = 0): object {
  expect(decoded).toBeDefined();
  const { kind, name, id, channel, value, raw } = decoded!.items[index]!;
  return { kind, name, id, channel, value: value === undefined ? undefined : (JSON.parse(value) as unknown), raw };
}
