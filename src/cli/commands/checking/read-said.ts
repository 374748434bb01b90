import { GoldenRecorder } from '../../../check/golden/golden.js';
import type { IgnoreRule } from '../../../check/golden/ignore-rules.js';
import { Records } from '../../../check/records.js';
import { WsdissectError } from '../../../common/error.js';
import type { Consumer } from '../../../consumer.js';
import { conversationsOf, isGolden, type SaidCall, type SaidConnection } from '../../../diff/conversation.js';
import type { DissectEvent } from '../../../events.js';
import { CallEvents } from '../../../output/call-events.js';
import { STDIN } from '../../input/input.js';
import type { DiffOptions } from '../../options/diff-options.js';
import type { Io } from '../../terminal/io.js';
import { readCaptures } from '../reading/read-captures.js';
import { readGoldenText } from './check-texts.js';

/** Characters that show what a file is. */
const BEGINNING = 4096;

/** What an input said; `undefined` where it cannot be read. */
export interface ReadSaid {
  readonly said: readonly SaidConnection[] | undefined;
  readonly exitCode: number;
}

/**
 * Reads what a capture or a golden file says.
 *
 * @throws WsdissectError where it is none that can be compared
 */
export async function readSaid(
  io: Io,
  name: string,
  options: DiffOptions,
  ignore: readonly IgnoreRule[],
): Promise<ReadSaid> {
  const recorder = new SaidRecorder();
  let golden: readonly SaidConnection[] | undefined;
  const failures: WsdissectError[] = [];
  const exitCode = await readCaptures(io, [{ name }], options, {
    open: () => Promise.resolve(recorder),
    look: async (source) => {
      if (name === STDIN) return source;
      const [first, rest] = await peek(source);
      if (!isGolden(first)) return rest;
      if (options.latency !== undefined) {
        throw new WsdissectError('bad-option', 'a golden file has no times: --latency needs two captures');
      }
      const text = await readGoldenText(io, name, 'golden file');
      golden = conversationsOf(
        text.split(/\r?\n/).filter((line) => line !== ''),
        name,
        ignore,
      );
      return undefined;
    },
    close: (_, error) => {
      if (error !== undefined) failures.push(error);
      return Promise.resolve(error);
    },
  });
  if (failures.length > 0) return { said: undefined, exitCode };
  return { said: golden ?? conversationsOf(recorder.lines(name), name, ignore, recorder.calls()), exitCode };
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

/** Takes what is compared of a capture. */
class SaidRecorder implements Consumer {
  readonly wants = { frames: false, messages: true, connections: true, decode: 'auto' } as const;
  readonly #records = new Records(['message', 'connection'], undefined);
  readonly #golden = new GoldenRecorder(undefined);
  readonly #calls = new Map<string, { stream: number; http2Stream: number; calls: SaidCall[] }>();
  readonly #events = new CallEvents(({ connection, call }) => {
    const { stream, http2Stream = 0 } = connection;
    const { protocol, name = '', outcome, seconds } = call;
    const key = `${stream}.${http2Stream}`;
    const calls = this.#calls.get(key)?.calls ?? [];
    calls.push({ name: `${protocol} ${name}`.trim(), outcome, seconds });
    this.#calls.set(key, { stream, http2Stream, calls });
  });
  readonly #connections = new Set<string>();

  event(event: DissectEvent): undefined {
    const record = this.#records.of(event);
    if (record !== undefined) this.#golden.record(record);
    if (event.type === 'gap') this.#golden.lost(event);
    if (event.type === 'message' || event.type === 'connection') {
      const { stream, http2Stream = 0 } = event.connection;
      this.#connections.add(`${stream}.${http2Stream}`);
    }
    this.#events.event(event);
  }

  end(): undefined {
    this.#events.end();
  }

  /** @throws WsdissectError where the capture holds too much */
  lines(name: string): string[] {
    if (this.#golden.isTooLarge) {
      throw new WsdissectError('bad-option', `${name}: it holds more than can be compared; choose with --stream`);
    }
    return this.#golden.lines();
  }

  /** The calls of each connection, in the order of {@link lines}. */
  calls(): SaidCall[][] {
    const order = [...this.#connections].map((key) => key.split('.').map(Number) as [number, number]);
    order.sort(([a, x], [b, y]) => a - b || x - y);
    return order.map(([stream, http2Stream]) => this.#calls.get(`${stream}.${http2Stream}`)?.calls ?? []);
  }
}
