import { parseExtensions } from '../http/messages/extensions.js';

/** Which reserved bits and opcodes the extensions of a connection may use, permessage-deflate apart. */
export interface ExtensionBits {
  /** An extension uses RSV1: on the first frame of a message, or on every frame that is not a control frame. */
  readonly rsv1: 'message' | 'frame' | undefined;
  /** An extension that nobody registered: what the reserved bits and opcodes mean is then its own affair. */
  readonly unknown: boolean;
}

/**
 * Extensions whose use of the reserved bits is known, by their names in lower case: those of the IANA registry
 * (permessage-deflate, bbf-usp-protocol), and drafts that real peers have sent. None of them uses RSV2, RSV3 or an
 * opcode of its own.
 */
const KNOWN: ReadonlyMap<string, ExtensionBits['rsv1']> = new Map([
  ['permessage-deflate', undefined],
  ['bbf-usp-protocol', undefined],
  ['permessage-bzip2', 'message'],
  ['permessage-snappy', 'message'],
  ['x-webkit-permessage-deflate', 'message'],
  ['deflate-frame', 'frame'],
  ['x-webkit-deflate-frame', 'frame'],
]);

/** What the server's Sec-WebSocket-Extensions say about reserved bits; names count in any spelling. */
export function extensionBits(field: string | undefined): ExtensionBits {
  let rsv1: ExtensionBits['rsv1'];
  let unknown = false;
  if (field === undefined) return { rsv1, unknown };
  for (const { name } of parseExtensions(field).extensions) {
    const known = name.toLowerCase();
    if (!KNOWN.has(known)) unknown = true;
    rsv1 = KNOWN.get(known) ?? rsv1;
  }
  return { rsv1, unknown };
}
