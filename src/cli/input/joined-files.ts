import { readBeginning, type CaptureBeginning } from '../../capture/join/first-packet.js';
import type { InputForm } from '../../capture/capture-input.js';
import { JoinedCaptures, type JoinedFile } from '../../capture/join/joined-captures.js';
import { DEFAULT_LIMITS } from '../../common/limits.js';
import { WsdissectError } from '../../common/error.js';
import type { PacketTime } from '../../common/packet-time.js';
import { count } from '../../common/words.js';
import { weighFrames } from '../../websocket/boundaries/weigh-frames.js';
import type { Io } from '../terminal/io.js';
import type { CaptureFile } from './capture-files.js';
import { STDIN } from './input.js';
import { isLive } from './live-name.js';
import { inputName, shownName } from './named-error.js';
import { missingNumbers, rotationName } from './rotation.js';
import { dirname } from 'node:path';
import type { SplitPart } from '../../capture/packet.js';

/** Which inputs are one capture. */
export interface JoinChoice {
  /** All of them; none; or, where this is not given, those that are a rotation. */
  readonly join?: boolean;
  /** All of them, their packets sorted by time. */
  readonly sort?: true;
  readonly input?: InputForm;
  readonly quiet?: true;
}

/** An input whose beginning is known. */
interface KnownFile {
  readonly input: CaptureFile;
  readonly beginning: CaptureBeginning;
  /** Its number, where it is of a rotation. */
  readonly number: number | undefined;
  /** What was read of it to know its beginning, where it cannot be read twice. */
  readonly opened: AsyncIterable<Buffer> | undefined;
}

/** Puts inputs together that are one capture, each such capture where its first input stands. */
export async function joinInputs(
  io: Io,
  inputs: readonly CaptureFile[],
  choice: JoinChoice,
): Promise<readonly CaptureFile[]> {
  if (inputs.length < 2) {
    if (choice.join === true) await checkSingle(io, inputs[0], choice);
    return inputs;
  }
  const live = inputs.find(({ name }) => isLive(name) && name !== STDIN);
  if (live !== undefined && (choice.join === true || choice.sort === true)) {
    throw new WsdissectError('bad-option', `${live.name} is captured as it comes: it cannot be joined with others`);
  }
  if (choice.join === true || choice.sort === true) return [await joinAll(io, inputs, choice)];
  return choice.join === false ? inputs : joinRotations(io, inputs, choice);
}

/** One file alone may be a part of a shard of which the others are missing. */
async function checkSingle(io: Io, input: CaptureFile | undefined, choice: JoinChoice): Promise<void> {
  if (input === undefined || isLive(input.name) || io.size(input.name) === undefined) return;
  const { beginning } = await beginningOf(io, input, undefined, choice);
  checkParts([{ name: input.name, part: beginning.splitPart }]);
}

/** An input, and which part of a split set it is. */
interface InputPart {
  readonly name: string;
  readonly part: SplitPart | undefined;
}

/**
 * A shard has a part of every file of the set that was split: without one, what it holds would be missing without a word.
 *
 * @throws WsdissectError `unreadable` where parts are not there
 */
function checkParts(inputs: readonly InputPart[]): void {
  const first = inputs.find(({ part }) => part !== undefined);
  if (first === undefined) return;
  const { files } = first.part!;
  const there = new Set(inputs.map(({ part }) => part?.number));
  const missing = Array.from({ length: files }, (_, index) => index + 1).filter((number) => !there.has(number));
  if (missing.length === 0) return;
  const [what, are] = missing.length === 1 ? ['part', 'is'] : ['parts', 'are'];
  const message = `${shownName(dirname(first.name))}: ${what} ${missing.join(', ')} of ${files} ${are} not there; run split --phase write again`;
  throw new WsdissectError('unreadable', message);
}

async function joinAll(io: Io, inputs: readonly CaptureFile[], choice: JoinChoice): Promise<CaptureFile> {
  const keys = new Set(inputs.map(({ name }) => rotationName(name)?.key));
  const isRotation = keys.size === 1 && !keys.has(undefined);
  const known: KnownFile[] = [];
  for (const input of inputs) {
    known.push(await beginningOf(io, input, isRotation ? rotationName(input.name)?.number : undefined, choice));
  }
  checkParts(known.map(({ input, beginning }) => ({ name: input.name, part: beginning.splitPart })));
  if (choice.sort === true) return asOne(io, known, true);
  return asOne(io, inOrder(known), false);
}

/** Joins the inputs whose names, times and link types say that they are of one rotation. */
async function joinRotations(io: Io, inputs: readonly CaptureFile[], choice: JoinChoice): Promise<CaptureFile[]> {
  const groups = new Map<string, { input: CaptureFile; number: number }[]>();
  for (const input of inputs) {
    const name = rotationName(input.name);
    if (name === undefined) continue;
    const group = groups.get(name.key);
    if (group === undefined) groups.set(name.key, [{ input, number: name.number }]);
    else group.push({ input, number: name.number });
  }
  const joined = new Map<CaptureFile, CaptureFile | undefined>();
  for (const group of groups.values()) {
    if (group.length < 2 || new Set(group.map(({ number }) => number)).size < group.length) continue;
    const known: KnownFile[] = [];
    for (const { input, number } of group) known.push(await beginningOf(io, input, number, choice));
    const why = whyApart(known);
    const tell = (text: string): void => {
      if (choice.quiet !== true) io.report(`wsdissect: ${text}\n`);
    };
    if (why !== undefined) {
      const names = `${shownName(group[0]!.input.name)} and ${group.length - 1} more`;
      tell(`${names}: named as one rotation, but ${why}: each is read by itself; --join reads them as one capture`);
      continue;
    }
    const ordered = inOrder(known);
    const one = asOne(io, ordered, false);
    const [first, last] = [ordered[0]!, ordered.at(-1)!].map(({ input }) => shownName(input.name));
    tell(
      `${count(ordered.length, 'file')} of a rotation, ${first} to ${last}: read as one capture; --no-join reads each by itself`,
    );
    for (const [index, { input }] of group.entries()) joined.set(input, index === 0 ? one : undefined);
  }
  return inputs.flatMap((input) => {
    if (!joined.has(input)) return [input];
    const one = joined.get(input);
    return one === undefined ? [] : [one];
  });
}

/** Why files with the names of a rotation are none; `undefined` where they are. */
function whyApart(files: readonly KnownFile[]): string | undefined {
  const readable = files.filter(({ beginning }) => beginning.linkType !== undefined);
  if (new Set(readable.map(({ beginning }) => beginning.linkType)).size > 1) return 'their link types differ';
  const byNumber = readable.toSorted((a, b) => a.number! - b.number!);
  const times = byNumber.map(({ beginning }) => beginning.first);
  if (times.includes(undefined)) return 'not all of them have times';
  // A ring begins anew with its lowest number, once.
  const steps = times.filter((time, index) => isEarlier(time!, times.at(index - 1)!)).length;
  return steps > 1 ? 'their times do not follow on' : undefined;
}

/** The order of their first packets. What has no time stands after what stood before it. */
function inOrder(files: readonly KnownFile[]): KnownFile[] {
  const numbered = files.every(({ number }) => number !== undefined)
    ? files.toSorted((a, b) => a.number! - b.number!)
    : files;
  const timed: { file: KnownFile; time: PacketTime | undefined }[] = [];
  let last: PacketTime | undefined;
  for (const file of numbered) timed.push({ file, time: (last = file.beginning.first ?? last) });
  return timed.sort((a, b) => compare(a.time, b.time)).map(({ file }) => file);
}

function compare(a: PacketTime | undefined, b: PacketTime | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}

function isEarlier(a: PacketTime, b: PacketTime): boolean {
  return compare(a, b) < 0;
}

/** Several files as one input. */
function asOne(io: Io, files: readonly KnownFile[], sorted: boolean): CaptureFile {
  const name = `${inputName(files[0]!.input.name)} and ${files.length - 1} more`;
  const numbers = files.flatMap(({ number }) => (number === undefined ? [] : [number]));
  const missing = new Map(missingNumbers(numbers).map((gap) => [gap.after, gap]));
  const parts: JoinedFile[] = [];
  for (const { input, beginning, number, opened } of files) {
    parts.push({
      name: inputName(input.name),
      first: beginning.first,
      mayHoldSecrets: beginning.mayHoldSecrets,
      read: () => {
        if (input.error !== undefined) throw input.error;
        return opened ?? io.read(input.name);
      },
    });
    const gap = number === undefined ? undefined : missing.get(number);
    if (gap === undefined || sorted) continue;
    const what = gap.first === gap.last ? `number ${gap.first}` : `numbers ${gap.first} to ${gap.last}`;
    parts.push({
      name: inputName(input.name),
      missing: `${what} of the rotation, after this file, ${gap.first === gap.last ? 'is' : 'are'} not there`,
      mayHoldSecrets: false,
      read: () => [],
    });
  }
  return { name, joined: new JoinedCaptures(parts, { sorted }) };
}

/** Looks at the beginning of an input. */
async function beginningOf(
  io: Io,
  input: CaptureFile,
  number: number | undefined,
  { input: form }: JoinChoice,
): Promise<KnownFile> {
  const nothing = { mayHoldSecrets: true };
  if (input.error !== undefined) return { input, beginning: nothing, number, opened: undefined };
  const options = { form, weighFrames };
  if (io.size(input.name) !== undefined) {
    return {
      input,
      beginning: await readBeginning(io.read(input.name), DEFAULT_LIMITS, options),
      number,
      opened: undefined,
    };
  }
  const twice = new ReadTwice(io.read(input.name));
  const beginning = await readBeginning(twice.first(), DEFAULT_LIMITS, options);
  return { input, beginning, number, opened: twice.again() };
}

/** A source whose beginning is read, and then all of it: a pipe gives its bytes once. */
class ReadTwice {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #kept: Buffer[] = [];
  #failure: unknown;

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Its bytes, as far as they are taken. */
  async *first(): AsyncGenerator<Buffer> {
    try {
      for (let result = await this.#chunks.next(); result.done !== true; result = await this.#chunks.next()) {
        this.#kept.push(result.value);
        yield result.value;
      }
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /** Its bytes from the first one on. */
  async *again(): AsyncGenerator<Buffer> {
    try {
      for (let chunk = this.#kept.shift(); chunk !== undefined; chunk = this.#kept.shift()) yield chunk;
      if (this.#failure !== undefined) throw this.#failure as Error;
      for (let result = await this.#chunks.next(); result.done !== true; result = await this.#chunks.next()) {
        yield result.value;
      }
    } finally {
      await this.#chunks.return?.();
    }
  }
}
