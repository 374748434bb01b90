import type { PacketTime } from '../common/packet-time.js';

/**
 * Counts the messages of one connection as they come. Most of them are one plain frame, of which then nothing needs to be
 * made: no message, and no event.
 */
export interface MessageCounter {
  /**
   * A message of which an event tells the rest.
   *
   * @param isWhole - all of it is there, and inflated where it was compressed
   * @param bytes - of the message itself, as far as its length is known
   */
  count(isOfClient: boolean, opcode: number, isWhole: boolean, bytes: number, at: PacketTime): void;
  /** A whole data message of which no event comes, as nobody looks into it and there is nothing else to be told of it. */
  pass(isOfClient: boolean, opcode: number, bytes: number, at: PacketTime): void;
  /** Bytes are missing here. */
  gap(): void;
}
