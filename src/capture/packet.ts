import type { Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';

/** Of which file of a set a section has packets. */
export interface SplitPart {
  /** Its place among the files of the set, from 1, and how many they are. */
  readonly number: number;
  readonly files: number;
  readonly name: string;
  /** TLS secrets may stand in it. */
  readonly mayHoldSecrets: boolean;
}

/** What a shard of a split capture set says of a packet. */
export interface SplitMark {
  /**
   * `packet`: one that is there. Of one that is in another shard only its number and time are: `segment` where it has a TCP
   * segment, which shows that time has passed, else `other`.
   */
  readonly kind: 'packet' | 'segment' | 'other';
  /** Numbers of the TCP connections that begin with it. */
  readonly streams: readonly number[] | undefined;
}

/** One packet as the capture recorded it. */
export interface Packet {
  readonly at: PacketTime;
  /** LINKTYPE_ value of the capture's header or interface, or {@link LINKTYPE_BARE}. */
  readonly linkType: number;
  /** Bytes of the packet on the wire; more than `bytes.length` where the snap length cut it. */
  readonly originalLength: number;
  /** The captured bytes: a view that is never written to and must not be kept after the call. */
  readonly bytes: Buffer;
  /** What a shard of a split capture set says of it beside its number. */
  readonly split?: SplitMark | undefined;
}

/**
 * A packet of one of the readers.
 *
 * A class and not an object literal: V8 watches how long the objects of a literal live, and packets, which wait together
 * for their turn, may look as if they lived for ever. It would then put each of them, and what they refer to, where
 * memory is seldom collected.
 */
export class CapturedPacket implements Packet {
  readonly at: PacketTime;
  readonly linkType: number;
  readonly originalLength: number;
  readonly bytes: Buffer;
  readonly split: SplitMark | undefined;

  constructor(at: PacketTime, linkType: number, originalLength: number, bytes: Buffer, split?: SplitMark) {
    this.at = at;
    this.linkType = linkType;
    this.originalLength = originalLength;
    this.bytes = bytes;
    this.split = split;
  }
}

/** Not a link type: the bytes are what a TCP connection carried, as lines of hex give them. */
export const LINKTYPE_BARE = -1;
/** Not a link type: the bytes are frames of both directions, one after the other, as dumps of them give them. */
export const LINKTYPE_FRAMES = -2;

/** What takes the contents of a capture, in the order of the file. */
export interface CaptureSink {
  packet(packet: Packet): void;
  /**
   * TLS secrets embedded in the capture: the next piece of the text of an NSS key log, a view that must not be kept
   * after the call.
   *
   * @param isLast - the text is over
   */
  secrets(keyLog: Buffer, isLast: boolean): void;
  /** Something wrong with the capture itself. */
  finding(finding: Finding): void;
}

/** Reads one format of capture. Bytes are pushed in as they come; nothing is read from a file or socket here. */
export interface CaptureReader {
  /** @throws WsdissectError where the input cannot be read as a capture at all */
  push(chunk: Buffer): void;
  /** The input is over. A second call does nothing. */
  end(): void;
}

/** A reader after whose capture another one may stand in the input. */
export interface FileReader extends CaptureReader {
  /** Where another capture begins: what came from there on, which this reader leaves alone. */
  readonly follower: Follower | undefined;
  /** The number of the last packet so far, those that stand before the capture included. */
  readonly packets: number;
  /** Whether TLS secrets may come; undefined where the format has no place for them. */
  readonly mayHoldSecrets?: boolean;
  /** Which part of a split set it reads. */
  readonly splitPart?: SplitPart | undefined;
}

/** Another capture after the one that was read, as `cat a.pcap b.pcap` makes it. */
export interface Follower {
  /** From its first byte on, as far as they have come. */
  readonly bytes: Buffer;
  readonly start: CaptureStart;
}

/** What of the input stands before a capture. */
export interface CaptureStart {
  readonly packets: number;
  readonly bytes: number;
}

/** Nothing stands before it. */
export const INPUT_START: CaptureStart = { packets: 0, bytes: 0 };
