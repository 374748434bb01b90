import { CaptureInput, type InputForm } from '../../../capture/capture-input.js';
import { decodeHexLine } from '../../../capture/text/hex-line.js';
import { LINKTYPE_BARE, LINKTYPE_FRAMES, type Packet } from '../../../capture/packet.js';
import { isCompressed } from '../../../capture/compression/decompress.js';
import { sniff } from '../../../capture/sniff.js';
import { ByteQueue } from '../../../common/byte-queue.js';
import { WsdissectError } from '../../../common/error.js';
import type { Finding } from '../../../common/finding.js';
import type { Limits } from '../../../common/limits.js';
import { weighFrames } from '../../../websocket/boundaries/weigh-frames.js';

/** Bytes that {@link sniff} needs to tell every format. */
const SNIFFED = 4096;
const HEX_CHARACTERS = /^[0-9a-f:,x\s]*$/i;
/** What begins with an HTTP head is a whole conversation, and no row of frames. */
const HTTP = /^(?:GET|HTTP\/1\.\d) /;

/** Whether words of a command line are bytes in hex rather than names of files. */
export function areHex(words: readonly string[]): boolean {
  return words.every((word) => HEX_CHARACTERS.test(word) && /^(?:0x)?[0-9a-f]/i.test(word));
}

/** The bytes of words in hex, joined. @throws WsdissectError `bad-hex` with the place of what is not hex */
export function decodeHexWords(words: readonly string[]): Buffer {
  return Buffer.concat(words.map((word, index) => decodeHexLine(word, index + 1)));
}

/** What an input turned out to be: bytes of frames, with what is to be said of them, or a capture with all of its chunks. */
export type ExplainInput =
  { readonly frames: Buffer; readonly findings: readonly Finding[] } | { readonly capture: AsyncIterable<Buffer> };

/**
 * Tells lines of hex, dumps and other forms that are nothing but frames from captures.
 *
 * @param form - how the input is read
 * @throws WsdissectError where a text is not what it looks like; where there is more of it than `limits.hexLine`
 *   characters, it is left to whoever reads captures
 */
export async function openExplainInput(
  source: AsyncIterable<Buffer>,
  limits: Limits,
  form: InputForm = 'auto',
): Promise<ExplainInput> {
  const chunks = source[Symbol.asyncIterator]();
  const head = new ByteQueue();
  const isAll = await readUntil(chunks, head, SNIFFED);
  const format = form === 'raw' ? 'unknown' : sniff(head.peek(), isAll);
  const isCapture = format === 'pcap' || format === 'pcapng' || (form !== 'raw' && isCompressed(head.peek()));
  if (head.length === 0 || isCapture) return { capture: rejoined(head.peek(), chunks) };
  if (!isAll) await readUntil(chunks, head, limits.hexLine + 1);
  const bytes = head.peek();
  const found = bytes.length > limits.hexLine ? undefined : framesIn(bytes, limits, form);
  return found ?? { capture: rejoined(bytes, chunks) };
}

/** Reads until there are this many bytes. @returns whether the source is over */
async function readUntil(chunks: AsyncIterator<Buffer>, head: ByteQueue, length: number): Promise<boolean> {
  while (head.length < length) {
    const result = await chunks.next();
    if (result.done === true) return true;
    head.push(result.value);
  }
  return false;
}

/** The frames of a text; `undefined` where it holds a handshake, or packets with their headers. */
function framesIn(bytes: Buffer, limits: Limits, form: InputForm): ExplainInput | undefined {
  const packets: Packet[] = [];
  const findings: Finding[] = [];
  const sink = {
    packet: (packet: Packet) => void packets.push(packet),
    secrets: () => undefined,
    finding: (found: Finding) => void findings.push(found),
  };
  const input = new CaptureInput(sink, limits, { form, weighFrames });
  try {
    input.push(bytes);
    input.end();
  } catch (error) {
    if (!(error instanceof WsdissectError) || error.code !== 'empty-input') throw error;
    throw new WsdissectError(
      'empty-input',
      'the input is empty: it holds nothing but white space; give it bytes in hex, or a capture',
    );
  }
  if (packets.some(({ linkType }) => linkType !== LINKTYPE_BARE && linkType !== LINKTYPE_FRAMES)) return undefined;
  const frames = Buffer.concat(packets.map((packet) => packet.bytes));
  return HTTP.test(frames.toString('latin1', 0, 16)) ? undefined : { frames, findings };
}

async function* rejoined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let result = await rest.next(); result.done !== true; result = await rest.next()) yield result.value;
  } finally {
    await rest.return?.();
  }
}
