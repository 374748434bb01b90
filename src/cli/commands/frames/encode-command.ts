import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { DEFAULT_LIMITS } from '../../../common/limits.js';
import { WsdissectError } from '../../../common/error.js';
import { captureFrames } from '../../../encode/capture-frames.js';
import { encodeMessage } from '../../../encode/encode-message.js';
import { BINARY, CLOSE, TEXT } from '../../../websocket/frame.js';
import type { EncodeOptions } from '../../options/encode-options.js';
import { sanitize } from '../../../output/sanitize.js';
import { EXIT_OK, EXIT_UNUSABLE } from '../../exit-code.js';
import { STDIN } from '../../input/input.js';
import type { Io } from '../../terminal/io.js';
import { writeFile } from '../exporting/output-file.js';
import { readWhole } from '../../input/read-whole.js';

/** Bytes of a frame that one line of hex shows; a longer frame goes on in the next line. */
const LINE_BYTES = 1024 * 1024;
const KEY_LENGTH = 4;

/**
 * The command `encode`: builds the frames of one message.
 *
 * @param words - the payload as text; none means the file or standard input
 * @returns the exit code
 */
export async function encode(io: Io, words: readonly string[], options: EncodeOptions): Promise<number> {
  const { mask } = options;
  if (typeof mask === 'string' && words.length === 0) return encode(io, [mask], { ...options, mask: true });
  const wrong = wrongUsage(io, words, options);
  if (wrong !== undefined) {
    io.report(`wsdissect: encode: ${wrong}\n`);
    return EXIT_UNUSABLE;
  }
  const frames = framesOf(await payloadOf(io, words, options), options);
  if (options.pcap !== undefined) await writeCapture(io, options.pcap, frames, options);
  else if (options.raw === true) for (const frame of frames) await io.write(frame);
  else for (const frame of frames) await writeHex(io, frame);
  return EXIT_OK;
}

function wrongUsage(io: Io, words: readonly string[], options: EncodeOptions): string | undefined {
  const { file, raw, pcap, force, close, opcode, fragment, mask } = options;
  if (typeof mask === 'string') return `--mask: ${sanitize(mask)} is no masking key, which has eight hex digits`;
  if (words.length > 0 && file !== undefined) return 'a text and --file: take one of them';
  if (raw === true && pcap !== undefined) return '--raw and --pcap: take one of them';
  if (close !== undefined && opcode !== undefined) return '--close and --opcode: take one of them';
  if (fragment === 0) return '--fragment: a fragment has at least one byte';
  const isBinary = raw === true || pcap === STDIN;
  if (isBinary && force !== true && io.isTerminal('stdout')) {
    return 'bytes are not written to a terminal: redirect them, or take --force';
  }
  if (words.length === 0 && file === undefined && close === undefined && io.isTerminal('stdin')) {
    return 'no payload: name a text or a --file, or pipe one in';
  }
  return undefined;
}

/** The payload before it is compressed, split and masked. */
async function payloadOf(io: Io, words: readonly string[], { file, close }: EncodeOptions): Promise<Buffer> {
  const hasText = words.length > 0 || (close !== undefined && file === undefined);
  const given = hasText ? Buffer.from(words.join(' '), 'utf8') : await readPayload(io, file ?? STDIN);
  if (close === undefined) return given;
  const code = Buffer.alloc(2);
  code.writeUInt16BE(close, 0);
  return Buffer.concat([code, given]);
}

async function readPayload(io: Io, name: string): Promise<Buffer> {
  const most = DEFAULT_LIMITS.message;
  const payload = await readWhole(io, name, most);
  if (payload !== undefined) return payload;
  throw new WsdissectError('bad-frame', `a payload of more than ${most} bytes is not encoded; give it in parts`);
}

function framesOf(payload: Buffer, options: EncodeOptions): Buffer[] {
  const { fin, rsv1, rsv2, rsv3, fragment, deflate, lengthForm } = options;
  return encodeMessage({
    payload,
    opcode: opcodeOf(payload, options),
    fin,
    ...(rsv1 === undefined ? {} : { rsv1 }),
    ...(rsv2 === undefined ? {} : { rsv2 }),
    ...(rsv3 === undefined ? {} : { rsv3 }),
    ...(options.mask === undefined ? {} : { maskingKey: () => keyOf(options) }),
    ...(fragment === undefined ? {} : { fragmentLength: fragment }),
    ...(deflate === undefined ? {} : { deflate }),
    ...(lengthForm === undefined ? {} : { lengthForm }),
  });
}

function opcodeOf(payload: Buffer, { close, opcode }: EncodeOptions): number {
  if (close !== undefined) return CLOSE;
  return opcode ?? (isUtf8(payload) ? TEXT : BINARY);
}

function keyOf({ mask }: EncodeOptions): Buffer {
  return mask instanceof Buffer ? mask : randomBytes(KEY_LENGTH);
}

async function writeHex(io: Io, frame: Buffer): Promise<void> {
  for (let at = 0; at < frame.length; at += LINE_BYTES) {
    await io.write(Buffer.from(`${frame.toString('hex', at, Math.min(at + LINE_BYTES, frame.length))}\n`, 'latin1'));
  }
}

async function writeCapture(io: Io, name: string, frames: readonly Buffer[], options: EncodeOptions): Promise<void> {
  const file = captureFrames(frames, {
    // Only a client masks (RFC 6455 section 5.1), so the mask tells who sends.
    from: options.mask === undefined ? 'server' : 'client',
    deflate: options.deflate === true || options.rsv1 === true,
    maskingKey: () => keyOf(options),
    startSeconds: Math.floor(Date.now() / 1000),
  });
  if (name === STDIN) await io.write(file);
  else writeFile(name, file, options.force === true);
}
