import type { OptionTable } from './option.js';
import { parseLengthForm, parseMaskingKey, parseOpcode, parseSize, parseUint16 } from './values.js';

/** The parsed options of `encode`. */
export interface EncodeOptions {
  readonly file?: string;
  /** 0 to 15. */
  readonly opcode?: number;
  readonly fin: boolean;
  readonly rsv1?: true;
  readonly rsv2?: true;
  readonly rsv3?: true;
  /** `true` where the key is to be made at random; a string is no key, but the text that stands after the option. */
  readonly mask?: true | Buffer | string;
  readonly fragment?: number;
  readonly deflate?: true;
  /** A close code. */
  readonly close?: number;
  readonly lengthForm?: 7 | 16 | 64;
  readonly raw?: true;
  readonly pcap?: string;
  readonly force?: true;
}

/** The options of `encode`. */
export const ENCODE_OPTIONS: OptionTable<EncodeOptions> = {
  file: { flags: '-f, --file <file>', description: 'the payload is what this file holds; "-" is standard input' },
  opcode: {
    flags: '-o, --opcode <opcode>',
    description:
      'text, binary, close, ping, pong, continuation, or 0 to 15; text where the payload is UTF-8, else binary',
    parse: parseOpcode,
    suggestions: ['text', 'binary', 'close', 'ping', 'pong', 'continuation'],
  },
  mask: {
    flags: '-m, --mask [key]',
    description: 'mask as a client does, with these eight hex digits or with a random key',
    parse: parseMaskingKey,
  },
  fragment: {
    flags: '--fragment <bytes>',
    description: 'split the message into frames of this many payload bytes',
    parse: parseSize,
  },
  deflate: { flags: '--deflate', description: 'compress the message (permessage-deflate) and set RSV1' },
  close: {
    flags: '--close <code>',
    description: 'a close frame with this code; the text is its reason',
    parse: parseUint16,
  },
  fin: { flags: '--no-fin', description: 'FIN is 0: more fragments follow' },
  rsv1: { flags: '--rsv1', description: 'RSV1 is 1' },
  rsv2: { flags: '--rsv2', description: 'RSV2 is 1' },
  rsv3: { flags: '--rsv3', description: 'RSV3 is 1' },
  lengthForm: {
    flags: '--length-form <bits>',
    description: 'write the payload length in 7, 16 or 64 bits; the fewest that hold it where not given',
    parse: parseLengthForm,
  },
  raw: { flags: '--raw', description: 'bytes instead of hex' },
  pcap: {
    flags: '--pcap <file>',
    description: 'a capture with handshake, frames and close instead of hex; "-" is standard output',
  },
  force: { flags: '--force', description: 'overwrite the file; write bytes to a terminal' },
};
