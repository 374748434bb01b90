import { uint16 } from './integers.js';

/**
 * Goes past a stack of MPLS labels (RFC 3032 section 2.1).
 *
 * Labels do not say what they carry. Routers tell IP by the version in its first four bits (RFC 4928).
 *
 * @returns offset of what follows, -1 where nothing does before the end
 */
export function skipLabels(bytes: Uint8Array, offset: number): number {
  let bottomOfStack = false;
  while (!bottomOfStack) {
    if (offset + 4 >= bytes.length) return -1;
    bottomOfStack = (bytes[offset + 2]! & 1) === 1;
    offset += 4;
  }
  return offset;
}

/**
 * Finds the Ethernet frame in a pseudowire (RFC 4448), after its control word of 4 bytes or without one.
 *
 * Nothing in the packet says that it is one: what lies there is taken for a frame where its EtherType is one of IP, or
 * of a VLAN tag before it, and IP of that version follows.
 *
 * @returns offset of the frame, -1 where what lies there is not one
 */
export function frameOfPseudowire(bytes: Uint8Array, offset: number): number {
  if (bytes[offset]! >> 4 === 0 && carriesIp(bytes, offset + 4)) return offset + 4;
  return carriesIp(bytes, offset) ? offset : -1;
}

function carriesIp(bytes: Uint8Array, frame: number): boolean {
  let at = frame + 12;
  for (let tags = 0; tags < 2 && isVlan(uint16(bytes, at)); tags++) at += 4;
  const type = uint16(bytes, at);
  const version = (bytes[at + 2] ?? 0) >> 4;
  return (type === 0x0800 && version === 4) || (type === 0x86dd && version === 6);
}

function isVlan(type: number): boolean {
  return type === 0x8100 || type === 0x88a8;
}
