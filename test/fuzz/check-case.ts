import { WsdissectError } from '../../src/common/error.js';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { readBatches, type DissectOptions } from '../../src/dissect.js';
import type { DissectEvent } from '../../src/events.js';
import { JsonOutput } from '../../src/output/json/json.js';
import type { Output } from '../../src/output/output.js';
import { Clock } from '../../src/output/clock.js';
import { plainStyle } from '../../src/output/style.js';
import { TextBrief } from '../../src/output/text/text-brief.js';
import { TextConnections } from '../../src/output/text/text-connections.js';
import { findingLine } from '../../src/output/text/text-finding.js';
import { TextFrames } from '../../src/output/text/text-frames.js';
import { TextMessages } from '../../src/output/text/text-messages.js';
import { KeyLog } from '../../src/tls/key-log/key-log.js';
import { unsafeCharacter } from './unsafe-character.js';

/** An input of the program. */
export interface FuzzCase {
  readonly bytes: Buffer;
  readonly keyLog: Buffer | undefined;
  /** Lengths of the chunks that it comes in, again and again. */
  readonly chunks: readonly number[];
}

/** What became of a case: it was read, or refused with the code of an error. */
export interface Outcome {
  readonly verdict: string;
  readonly events: number;
}

/** Small, so that a case that reaches a limit does not take long. */
const LONGEST_MESSAGE = 256 * 1024;
/** More than DEFLATE can give for a byte: only what is gzipped grows while it is read. */
const GZIP_GROWTH = 1040;
const TEXT = { style: plainStyle('->'), maxPayload: 4096, clock: new Clock('absolute'), columns: 120 };

/**
 * Reads a case in every way, and checks what must hold for any input at all.
 *
 * @throws where something does not hold; that is a bug
 */
export async function checkCase(input: FuzzCase): Promise<Outcome> {
  const outputs = [new TextFrames(TEXT), new TextBrief(TEXT), new TextMessages(TEXT), new TextConnections(TEXT)];
  const json = jsonOutputs();
  let events = 0;
  let payload = 0;
  const verdict = await read([input.bytes], input.keyLog, (event) => {
    events++;
    payload += payloadLength(event);
    for (const output of [...outputs, ...json]) output.event(event);
    if (event.type === 'finding') checkText(findingLine('a file', event.finding));
  });
  const isGzipped = input.bytes.length > 1 && input.bytes.readUInt16BE(0) === 0x1f8b;
  const most = input.bytes.length * (isGzipped ? GZIP_GROWTH : 1);
  if (payload > most) throw new Error(`${payload} bytes of payload from ${input.bytes.length} of input`);
  if (events > most + 200) throw new Error(`${events} events from ${input.bytes.length} bytes of input`);
  for (const output of outputs) checkText(taken(output));
  const lines = json.map(taken);
  for (const text of lines) checkJson(text);
  // Where a gzip stream is damaged, how much of it can be read before depends on the chunks.
  if (!isGzipped) await checkChunks(input, verdict, lines);
  return { verdict, events };
}

/** In pieces it must be the same as in one. */
async function checkChunks(input: FuzzCase, verdict: string, lines: readonly string[]): Promise<void> {
  const again = jsonOutputs();
  const inPieces = await read(pieces(input), input.keyLog, (event) => again.forEach((output) => output.event(event)));
  if (inPieces !== verdict) {
    // The format is told by the bytes that are there, so what is none may be refused later and for another reason.
    if (inPieces !== 'read' && verdict !== 'read') return;
    throw new Error(`in pieces it is ${inPieces}, in one it is ${verdict}`);
  }
  again.forEach((output, index) => {
    if (taken(output) !== lines[index]) throw new Error('in pieces it gives other events than in one');
  });
}

async function read(
  source: Iterable<Buffer>,
  keyLog: Buffer | undefined,
  take: (event: DissectEvent) => void,
): Promise<string> {
  const options: DissectOptions = { limits: { message: LONGEST_MESSAGE } };
  if (keyLog !== undefined) {
    options.keyLog = new KeyLog();
    options.keyLog.push(keyLog);
    options.keyLog.close();
  }
  const held = new HeldBytes(DEFAULT_LIMITS.heldTotal);
  try {
    for await (const batch of readBatches(source, options, { held })) batch.forEach(take);
  } catch (error) {
    if (error instanceof WsdissectError) return error.code;
    throw error;
  }
  if (held.total !== 0) throw new Error(`${held.total} bytes are counted as held after the end`);
  return 'read';
}

function* pieces({ bytes, chunks }: FuzzCase): Generator<Buffer> {
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const length = Math.max(1, chunks[index % chunks.length] ?? bytes.length);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function jsonOutputs(): JsonOutput[] {
  return [new JsonOutput('frame'), new JsonOutput('message', 'a file'), new JsonOutput('connection')];
}

/** Bytes of the wire in an event; those of a message are in its frames. */
function payloadLength(event: DissectEvent): number {
  if (event.type === 'message' && (event.message.payload?.length ?? 0) > LONGEST_MESSAGE) {
    throw new Error(`a message of ${event.message.payload?.length} bytes`);
  }
  return event.type === 'frame' ? (event.frame.payload?.length ?? 0) : 0;
}

function taken(output: Output): string {
  output.flush();
  return Buffer.from(output.take()).toString('utf8');
}

function checkText(text: string): void {
  const found = unsafeCharacter(text);
  if (found !== undefined) throw new Error(`U+${found.toString(16)} in the text output`);
}

function checkJson(text: string): void {
  if (text === '') return;
  if (!text.endsWith('\n')) throw new Error('the JSON output does not end with a line end');
  for (const line of text.slice(0, -1).split('\n')) {
    const record: unknown = JSON.parse(line);
    if (typeof record !== 'object' || record === null || !('type' in record)) throw new Error(`no record: ${line}`);
  }
}
