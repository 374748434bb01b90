import { KEPT, normalise } from '../../../check/golden/golden.js';
import type { IgnoreRule } from '../../../check/golden/ignore-rules.js';
import { Records, type JsonRecord } from '../../../check/records.js';
import { ByteQueue } from '../../../common/byte-queue.js';
import { WsdissectError } from '../../../common/error.js';
import type { Direction } from '../../../common/finding.js';
import type { Consumer } from '../../../consumer.js';
import { GoldenSaid, isGolden } from '../../../diff/golden-said.js';
import { Said } from '../../../diff/said.js';
import type { ConnectionRef, DissectEvent } from '../../../events.js';
import { CallEvents } from '../../../output/call-events.js';
import { STDIN } from '../../input/input.js';
import type { DiffOptions } from '../../options/diff-options.js';
import type { Io } from '../../terminal/io.js';
import { readCaptures } from '../reading/read-captures.js';

/** Characters that show what a file is. */
const BEGINNING = 4096;
/** Bytes of a line of a golden file. */
const LONGEST_LINE = 256 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** What an input said; `undefined` where it cannot be read. */
export interface ReadSaid {
  readonly said: Said | undefined;
  readonly exitCode: number;
}

/**
 * Reads what a capture or a golden file says.
 *
 * @param descriptor - an empty file for what it says; a temporary one where there is none
 * @throws WsdissectError where it is none that can be compared
 */
export async function readSaid(
  io: Io,
  name: string,
  options: DiffOptions,
  ignore: readonly IgnoreRule[],
  descriptor?: number,
): Promise<ReadSaid> {
  // What rules leave something out of is read again, and put by anew.
  const said = new Said(ignore.length === 0 ? descriptor : undefined);
  const recorder = new SaidRecorder(said);
  // What gives it.
  let source: SaidRecorder | GoldenSaid = recorder;
  const failures: WsdissectError[] = [];
  try {
    const exitCode = await readCaptures(io, [{ name }], options, {
      open: () => Promise.resolve(recorder),
      look: async (chunks) => {
        if (name === STDIN) return chunks;
        const [first, rest] = await peek(chunks);
        if (!isGolden(first)) return rest;
        if (options.latency !== undefined) {
          throw new WsdissectError('bad-option', 'a golden file has no times: --latency needs two captures');
        }
        const golden = new GoldenSaid(name, said);
        source = golden;
        await readLines(io, name, rest, (line) => golden.line(line));
        return undefined;
      },
      close: (_, error) => {
        if (error !== undefined) failures.push(error);
        return Promise.resolve(error);
      },
    });
    if (failures.length === 0) return { said: source.finish(ignore, descriptor), exitCode };
    said.close();
    return { said: undefined, exitCode };
  } catch (error) {
    said.close();
    throw error;
  }
}

/** Reads a golden file; what is replaced in captures is replaced in it too. */
async function readLines(
  io: Io,
  name: string,
  source: AsyncIterable<Buffer>,
  take: (line: string) => void,
): Promise<void> {
  const { redaction } = io;
  const redact = redaction === undefined ? undefined : (await import('../../../redact/golden-lines.js')).redactGolden;
  const begun = new ByteQueue();
  const line = (bytes: Buffer): void => {
    const text = bytes.toString('utf8').replace(/\r$/, '');
    take(redact === undefined ? text : redact(text, redaction!));
  };
  for await (const chunk of source) {
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      begun.push(chunk.subarray(at, end));
      line(begun.peek());
      begun.clear();
      at = end + 1;
    }
    begun.push(chunk.subarray(at));
    if (begun.length > LONGEST_LINE) {
      throw new WsdissectError(
        'bad-option',
        `${name}: a line has more than ${LONGEST_LINE} bytes; is it a golden file?`,
      );
    }
  }
  line(begun.peek());
}

/** The first bytes of a source as text, and the source with them. */
async function peek(source: AsyncIterable<Buffer>): Promise<[string, AsyncIterable<Buffer>]> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return ['', empty()];
  const head = first.value;
  async function* all(): AsyncGenerator<Buffer> {
    yield head;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  }
  return [head.toString('utf8', 0, BEGINNING), all()];
}

async function* empty(): AsyncGenerator<Buffer> {
  // Nothing.
}

/** A connection of which something was put by. */
interface Place {
  readonly key: number;
  readonly stream: number;
  readonly http2Stream: number;
  /** Directions in which bytes were lost after the last message. */
  lost: number;
  hasSaid: boolean;
}

const LOST = { 'client-to-server': 1, 'server-to-client': 2 } as const;

/** Takes what is compared of a capture. */
class SaidRecorder implements Consumer {
  readonly wants = { frames: false, messages: true, connections: true, decode: 'auto' } as const;
  readonly #said: Said;
  readonly #records = new Records(['message', 'connection'], undefined);
  readonly #places = new Map<string, Place>();
  readonly #events = new CallEvents(({ connection, call }) => {
    const { protocol, name = '', outcome, seconds } = call;
    this.#said.call(this.#place(connection).key, { name: `${protocol} ${name}`.trim(), outcome, seconds });
  });

  constructor(said: Said) {
    this.#said = said;
  }

  event(event: DissectEvent): undefined {
    const record = this.#records.of(event);
    if (record !== undefined && event.type !== 'finding') this.#record(this.#place(event.connection), record);
    if (event.type === 'gap') this.#place(event.connection).lost |= LOST[event.direction];
    this.#events.event(event);
  }

  end(): undefined {
    this.#events.end();
  }

  /** All was read. @param descriptor - an empty file for what is left without what is ignored */
  finish(ignore: readonly IgnoreRule[], descriptor: number | undefined): Said {
    const places = [...this.#places.values()].filter(({ hasSaid }) => hasSaid);
    places.sort((a, b) => a.stream - b.stream || a.http2Stream - b.http2Stream);
    const keys = places.map(({ key }) => key);
    return this.#said.end(keys, ignore, descriptor);
  }

  #record(place: Place, record: JsonRecord): void {
    place.hasSaid = true;
    if (record.type === 'connection') {
      this.#said.connection(place.key, normalise(record, KEPT.connection));
      return;
    }
    const said = normalise(record, KEPT.message);
    const direction = record.direction as Direction;
    if ((place.lost & LOST[direction]) !== 0) said.afterLoss = true;
    place.lost &= ~LOST[direction];
    this.#said.message(place.key, direction === 'client-to-server' ? 'client' : 'server', said);
  }

  #place({ stream, http2Stream = 0 }: ConnectionRef): Place {
    const name = `${stream}.${http2Stream}`;
    let place = this.#places.get(name);
    if (place === undefined) {
      place = { key: this.#places.size, stream, http2Stream, lost: 0, hasSaid: false };
      this.#places.set(name, place);
    }
    return place;
  }
}
