/**
 * Length of a packet on the wire without the frame check sequence (FCS) at its end.
 *
 * Some captures record the checksum that the link layer puts after a packet. It is no part of what the packet
 * carries, so it is cut off here: of the captured bytes those past the returned length are FCS. Where the snap
 * length cut the packet, that may be some of them or none.
 *
 * @param captured - captured bytes
 * @param original - bytes on the wire as the record says
 * @param fcsLength - bytes of FCS, 0 for none
 */
export function lengthWithoutFcs(captured: number, original: number, fcsLength: number): number {
  if (fcsLength === 0) return original;
  // A record that says less than it holds is wrong about the wire; its last bytes are still the last bytes.
  return Math.max(0, Math.max(captured, original) - fcsLength);
}
