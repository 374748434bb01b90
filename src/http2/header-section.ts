import { isUtf8 } from '../common/node/buffer.js';
import type { PacketTime } from '../common/packet-time.js';
import type { HttpHead } from '../http/handshake.js';
import { indexFields, type FieldIndex } from '../http/messages/head.js';
import type { HeaderBlock } from './hpack/hpack-decoder.js';

/** A header section of a stream, read once: what it says is asked many times. */
export interface HeaderSection {
  /** The fields that are known, as the head of a message; HTTP/2 has no start line. */
  readonly head: HttpHead;
  readonly fields: FieldIndex;
  /** Each of its fields is known. */
  readonly isWhole: boolean;
  /** The status of a response; `undefined` where it is not known. */
  readonly status: number | undefined;
  /** Of the packet that its last byte came in. */
  readonly at: PacketTime;
}

/** What a request asks for: `unknown` where what tells it was not captured. */
export type AskedFor = 'websocket' | 'other-protocol' | 'no-protocol' | 'unknown';

/** Reads a header section. Of a field of which only the name or the value is known nothing is shown. */
export function readSection(block: HeaderBlock, at: PacketTime): HeaderSection {
  const fields: [string, string][] = [];
  for (const { name, value } of block.fields) {
    if (name !== undefined && value !== undefined) fields.push([text(name), text(value)]);
  }
  const head: HttpHead = block.isIncomplete ? { startLine: '', fields, cut: true } : { startLine: '', fields };
  const index = indexFields(head);
  const status = index.first(':status');
  return {
    head,
    fields: index,
    isWhole: !block.isIncomplete,
    status: status !== undefined && /^\d{3}$/.test(status) ? Number(status) : undefined,
    at,
  };
}

/** What a request asks for (RFC 8441 section 4). */
export function askedFor({ fields, isWhole }: HeaderSection): AskedFor {
  const protocol = fields.first(':protocol');
  if (protocol !== undefined) return protocol === 'websocket' ? 'websocket' : 'other-protocol';
  const method = fields.first(':method');
  if (method !== undefined && method !== 'CONNECT') return 'no-protocol';
  return isWhole ? 'no-protocol' : 'unknown';
}

/** Which kind of message a section begins, by the pseudo-header fields that only one of them has. */
export function roleOf({ fields }: HeaderSection): 'request' | 'response' | undefined {
  if (fields.has(':status')) return 'response';
  return [':method', ':path', ':scheme', ':authority', ':protocol'].some((name) => fields.has(name))
    ? 'request'
    : undefined;
}

/** Names and values come with one character for each byte: text is UTF-8 where it is valid as that. */
function text(latin1: string): string {
  if (/^[\x00-\x7f]*$/.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : latin1;
}
