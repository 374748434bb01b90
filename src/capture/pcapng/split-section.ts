import { readUint64 } from '../pcap/byte-order.js';
import type { SplitMark, SplitPart } from '../packet.js';
import type { Block } from './pcapng-block.js';
import { findOption, optionText, padded } from './pcapng-option.js';

/** What a section says that a part of a split capture set is in (`shb_userappl`): its packets keep their numbers. */
export const SPLIT_APPLICATION = 'wsdissect split 1';

const USER_APPLICATION = 4;
const COMMENT = 1;
const PACKET_ID = 5;
/** Bytes of a Section Header Block before its options. */
const SECTION_FIXED_LENGTH = 24;
/** Bytes of an Enhanced Packet Block before the packet. */
const PACKET_FIXED_LENGTH = 28;

/** Connections have numbers of 31 bits. */
const MOST_STREAMS = 2 ** 31;
const PART = /^file (\d+) of (\d+), (with|without) secrets: (.*)$/s;
const PART_END = /^end of file \d+ of \d+$/;
const PACKET = /^(packet|segment|other)(?:, (no time))?(?:, stream (\d+(?: \d+)*))?$/;

/** What a packet of a split set was in the whole. */
export interface SplitPacket {
  /** Its number among the packets of all files. */
  readonly number: number;
  /** The capture has no time for it. */
  readonly isTimeless: boolean;
  readonly mark: SplitMark;
}

/** The comment of a section (`opt_comment`). */
export function partComment({ number, files, name, mayHoldSecrets }: SplitPart): string {
  return `file ${number} of ${files}, ${mayHoldSecrets ? 'with' : 'without'} secrets: ${name}`;
}

/** The comment of the section after the last packet of a part: without it, the part is not whole. */
export function partEndComment({ number, files }: Pick<SplitPart, 'number' | 'files'>): string {
  return `end of file ${number} of ${files}`;
}

/** The comment of a packet. */
export function markComment({ kind, streams = [] }: SplitMark, isTimeless: boolean): string {
  return `${kind}${isTimeless ? ', no time' : ''}${streams.length === 0 ? '' : `, stream ${streams.join(' ')}`}`;
}

/** Of which part of a split set a section is; `undefined` for any other section. */
export function decodeSplitSection(block: Block): SplitPart | undefined {
  const options = block.start + SECTION_FIXED_LENGTH;
  if (optionText(block, options, USER_APPLICATION) !== SPLIT_APPLICATION) return undefined;
  const [, number, files, secrets, name = ''] = PART.exec(optionText(block, options, COMMENT) ?? '') ?? [];
  if (secrets === undefined) return undefined;
  return { number: Number(number), files: Number(files), name, mayHoldSecrets: secrets === 'with' };
}

/** Whether a section is the end of a part of a split set. */
export function isSplitEnd(block: Block): boolean {
  const options = block.start + SECTION_FIXED_LENGTH;
  if (optionText(block, options, USER_APPLICATION) !== SPLIT_APPLICATION) return false;
  return PART_END.test(optionText(block, options, COMMENT) ?? '');
}

/** What a packet block of such a section says of the whole set; `undefined` where it does not. */
export function decodeSplitPacket(block: Block, captured: number): SplitPacket | undefined {
  const options = block.start + PACKET_FIXED_LENGTH + padded(captured);
  const idAt = findOption(block, options, PACKET_ID, 8);
  if (idAt < 0) return undefined;
  const number = readUint64(block.bytes, idAt, block.littleEndian);
  if (number < 1 || number > Number.MAX_SAFE_INTEGER) return undefined;
  const comment = optionText(block, options, COMMENT);
  if (comment === undefined) return { number, isTimeless: false, mark: PLAIN };
  const [, kind, noTime, list] = PACKET.exec(comment) ?? [];
  const streams = list?.split(' ').map(Number);
  if (kind === undefined || streams?.some((stream) => stream >= MOST_STREAMS) === true) return undefined;
  return { number, isTimeless: noTime !== undefined, mark: { kind: kind as SplitMark['kind'], streams } };
}

/** Most packets. */
const PLAIN: SplitMark = { kind: 'packet', streams: undefined };
