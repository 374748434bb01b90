import type { Handshake } from '../http/handshake.js';
import type { Opening } from './sub-protocol.js';

/** What a handshake tells of the protocol in the messages. */
export function openingOf({ url, subprotocol, offeredSubprotocols, response }: Handshake): Opening {
  // One that is offered alone is chosen, or else the client gives the connection up (RFC 6455 section 4.1).
  const isAlone = offeredSubprotocols !== undefined && !offeredSubprotocols.includes(',');
  return { url, subprotocol: subprotocol ?? (response === undefined && isAlone ? offeredSubprotocols : undefined) };
}
