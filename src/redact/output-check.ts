import { REDACT_LIMITS } from '../common/limits.js';
import { inflateRawSync } from '../common/node/zlib.js';
import { count } from '../common/words.js';
import { dissect } from '../dissect.js';
import type { Redaction } from './redaction.js';

const NO_BASE64 = /[^A-Za-z0-9+/_-]+/u;
const PCAP: readonly number[] = [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a];
/** The programs of a page are the same in each. */
const CODE = /\bid="[\w-]+-code"/u;
const PAGE = /^\s*<!doctype html/iu;

/**
 * Looks for what was replaced in all that is written, as a reader would: in the bytes, in what base64 and hex hold, in the data of
 * a page, in the rows of a Parquet file, and in the payloads of packets.
 */
export class OutputCheck {
  readonly #redaction: Redaction;
  readonly #outputs = new Map<string, Uint8Array[]>();
  #length = 0;
  readonly #found = new Map<string, Set<string>>();

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
  }

  /** Takes bytes that are written. @param name - where they go */
  output(bytes: Uint8Array, name: string): void {
    this.#length += bytes.length;
    if (this.#length > REDACT_LIMITS.checkedBytes) return;
    const chunks = this.#outputs.get(name) ?? [];
    this.#outputs.set(name, chunks);
    chunks.push(Uint8Array.from(bytes));
  }

  /** What still stands in the output: one sentence for each place; empty where nothing does. */
  async end(): Promise<string[]> {
    for (const [name, chunks] of this.#outputs) await this.#look(name, Buffer.concat(chunks));
    const sentences = [...this.#found].map(([name, labels]) => `${name} still has ${[...labels].join(', ')}`);
    if (this.#length > REDACT_LIMITS.checkedBytes) {
      sentences.push(
        `${count(this.#length, 'byte')} of output are more than the ${REDACT_LIMITS.checkedBytes} that can be looked through`,
      );
    }
    return sentences;
  }

  async #look(name: string, bytes: Buffer): Promise<void> {
    const magic = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
    const isPage = PAGE.test(bytes.toString('latin1', 0, 64));
    const isPcap = PCAP.includes(magic);
    // A page brings its own program, in which a pattern may find its like.
    this.#text(name, bytes, isPage ? 'values' : 'all');
    if (bytes.toString('latin1', 0, 4) === 'PAR1') await this.#table(name, bytes);
    else if (isPcap) await this.#packets(name, bytes);
    else if (isPage) this.#page(name, bytes);
  }

  #text(name: string, bytes: Buffer, what: 'all' | 'values'): void {
    for (const text of new Set([bytes.toString('utf8'), bytes.toString('latin1')])) {
      for (const label of this.#remains(text, what)) {
        const labels = this.#found.get(name) ?? new Set<string>();
        this.#found.set(name, labels.add(label));
      }
    }
  }

  #remains(text: string, what: 'all' | 'values'): Iterable<string> {
    try {
      return this.#redaction.remains(text, what);
    } catch (error) {
      // The engine's stack overflows.
      if (error instanceof RangeError) return ['what is too long to be searched'];
      throw error;
    }
  }

  /** What a page holds its data in. */
  #page(name: string, bytes: Buffer): void {
    for (const element of scriptsIn(bytes.toString('latin1'))) {
      for (const run of element.split(NO_BASE64)) {
        const inflated = inflated64(Buffer.from(run, 'base64'));
        if (inflated !== undefined) this.#text(name, inflated, 'all');
      }
    }
  }

  async #table(name: string, bytes: Buffer): Promise<void> {
    const { parquetReadObjects } = await import('hyparquet');
    const file = Uint8Array.from(bytes).buffer;
    const rows = await parquetReadObjects({ file });
    const text = JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    this.#text(name, Buffer.from(text, 'utf8'), 'all');
  }

  async #packets(name: string, bytes: Buffer): Promise<void> {
    for await (const event of dissect([bytes], { want: { decode: 'off' } })) {
      if (event.type === 'frame' && event.frame.payload !== undefined) this.#text(name, event.frame.payload, 'all');
      else if (event.type === 'message' && event.message.payload !== undefined) {
        this.#text(name, event.message.payload, 'all');
      } else if (event.type === 'open' || event.type === 'learned') {
        this.#text(name, Buffer.from(JSON.stringify(event.handshake), 'utf8'), 'all');
      }
    }
  }
}

/** What the script elements of a page hold, but for its programs. */
function* scriptsIn(page: string): Generator<string> {
  for (let start = page.indexOf('<script'); start >= 0; start = page.indexOf('<script', start + 1)) {
    const from = page.indexOf('>', start) + 1;
    const end = from === 0 ? -1 : page.indexOf('</script', from);
    if (end < 0) return;
    if (!CODE.test(page.slice(start, from))) yield page.slice(from, end);
  }
}

/** What a page holds its data in, where it is that. */
function inflated64(bytes: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(bytes);
  } catch {
    return undefined;
  }
}
