import { GoldenRecorder } from '../../../check/golden/golden.js';
import type { IgnoreRule } from '../../../check/golden/ignore-rules.js';
import { WsdissectError } from '../../../common/error.js';
import type { Consumer } from '../../../consumer.js';
import { compareConversations } from '../../../diff/compare.js';
import { conversationsOf, isGolden, type SaidCall, type SaidConnection } from '../../../diff/conversation.js';
import { diffRecords, diffText } from '../../../diff/diff-text.js';
import { CallEvents } from '../../../output/call-events.js';
import type { DissectEvent } from '../../../events.js';
import { Records } from '../../../check/records.js';
import { EXIT_FAILED, EXIT_OK } from '../../exit-code.js';
import { STDIN } from '../../input/input.js';
import { inputName } from '../../input/named-error.js';
import type { DiffOptions } from '../../options/diff-options.js';
import { chooseStyle } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import { readGoldenText } from './check-texts.js';
import { readIgnoreFiles } from './ignore-files.js';
import { readCaptures } from '../reading/read-captures.js';

/** Characters that show what a file is. */
const BEGINNING = 4096;

/**
 * The command `diff`: what two captures, or golden files, say differently.
 *
 * @returns the exit code: 1 where they differ, 2 where one of them cannot be read
 */
export async function diffCaptures(io: Io, names: readonly string[], options: DiffOptions): Promise<number> {
  const [before, after, ...more] = names.map((name) => io.redaction?.nameOf(name) ?? name);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new WsdissectError('bad-option', 'diff: name two captures or golden files');
  }
  if (before === STDIN && after === STDIN)
    throw new WsdissectError('bad-option', 'diff: only one can be standard input');
  const ignore = await readIgnoreFiles(io, options.ignore);
  const [a, b] = [await readSaid(io, before, options, ignore), await readSaid(io, after, options, ignore)];
  const failed = [a, b].find(({ exitCode }) => exitCode !== EXIT_OK);
  if (a.said === undefined || b.said === undefined) return failed!.exitCode;
  const found = compareConversations(a.said, b.said, { latency: options.latency });
  const sides = { before: inputName(before), after: inputName(after) };
  const text = options.json ? diffRecords(found, sides) : diffText(found, sides, await chooseStyle(options.color, io));
  if (text !== '') await io.write(Buffer.from(text, 'utf8'));
  if (failed !== undefined) return failed.exitCode;
  return found.length === 0 ? EXIT_OK : EXIT_FAILED;
}

/** What an input said; `undefined` where it cannot be read. */
interface ReadSaid {
  readonly said: readonly SaidConnection[] | undefined;
  readonly exitCode: number;
}

async function readSaid(io: Io, name: string, options: DiffOptions, ignore: readonly IgnoreRule[]): Promise<ReadSaid> {
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
