import { change, CHANGE_KINDS, isInOrder, type Change, type ChangeKind } from './changes.js';
import { judge, type Fault } from './judge.js';
import { readRecords, type Reading } from './reading.js';
import type { Recording } from './recording.js';
import { judgeVerdict } from './verdict.js';

/** One changed capture, as words: `send-both.pcap drop:3,0,0 snap:7,1,2`. */
export interface Case {
  readonly fixture: string;
  readonly changes: readonly Change[];
}

/** A case that shows a bug. */
export interface Failure {
  readonly found: Case;
  readonly fault: Fault;
}

const MOST_CHANGES = 3;

/** The cases of a seed: the same seed makes the same ones. */
function* casesOf(seed: number, count: number, recordings: readonly Recording[]): Generator<Case> {
  const random = randomNumbers(seed);
  for (let done = 0; done < count; done++) {
    const fixture = recordings[random() % recordings.length]!.name;
    const changes = Array.from({ length: 1 + (random() % MOST_CHANGES) }, (): Change => {
      const kind = CHANGE_KINDS[random() % CHANGE_KINDS.length]!;
      return { kind, a: random() % 10_000, b: random() % 10_000, c: random() % 10_000 };
    });
    yield { fixture, changes };
  }
}

/** Reads a case and says what is wrong with what is printed. */
async function tryCase(one: Case, recordings: ReadonlyMap<string, Recording>): Promise<readonly Fault[]> {
  const { faults } = await readCase(one, recordings);
  return faults;
}

/** The same, with what was read. */
export async function readCase(
  { fixture, changes }: Case,
  recordings: ReadonlyMap<string, Recording>,
): Promise<{ faults: readonly Fault[]; reading?: Reading }> {
  const recording = recordings.get(fixture)!;
  const packets = change(recording, changes);
  if (packets.length === 0) return { faults: [] };
  try {
    const reading = readRecords(packets, recording.linkType, recording.keyLog);
    const faults = judge(recording, packets, reading, isInOrder(changes));
    return { faults: [...faults, ...(await judgeVerdict(recording, packets, reading))], reading };
  } catch (error) {
    return { faults: [{ kind: 'throws', what: error instanceof Error ? error.stack! : String(error) }] };
  }
}

/** A case with as few changes as show a fault of the same kind. */
async function minimise(found: Case, kind: Fault['kind'], recordings: ReadonlyMap<string, Recording>): Promise<Case> {
  let smallest = found;
  for (let place = 0; place < smallest.changes.length && smallest.changes.length > 1;) {
    const fewer = { ...smallest, changes: smallest.changes.toSpliced(place, 1) };
    const faults = await tryCase(fewer, recordings);
    if (faults.some((fault) => fault.kind === kind)) smallest = fewer;
    else place++;
  }
  return smallest;
}

/** Every fault among the cases of a seed, each with the smallest case that shows its kind. */
export async function* failuresOf(
  seed: number,
  count: number,
  recordings: readonly Recording[],
): AsyncGenerator<Failure> {
  const byName = new Map(recordings.map((recording) => [recording.name, recording]));
  for (const found of casesOf(seed, count, recordings)) {
    // What a case leaves is collected only after a turn of the event loop, which nothing in it waits for.
    await new Promise((resolve) => setImmediate(resolve));
    const faults = await tryCase(found, byName);
    for (const kind of new Set(faults.map((fault) => fault.kind))) {
      const smallest = await minimise(found, kind, byName);
      const fault = (await tryCase(smallest, byName)).find((other) => other.kind === kind)!;
      yield { found: smallest, fault };
    }
  }
}

/** A case in words that {@link parseCase} reads. */
export function caseText({ fixture, changes }: Case): string {
  return [fixture, ...changes.map(({ kind, a, b, c }) => `${kind}:${a},${b},${c}`)].join(' ');
}

/** The case that words tell of. */
export function parseCase(text: string): Case {
  const [fixture, ...changes] = text.split(' ');
  return {
    fixture: fixture!,
    changes: changes.map((word) => {
      const [kind, numbers] = word.split(':');
      const [a, b, c] = numbers!.split(',').map(Number);
      return { kind: kind as ChangeKind, a: a!, b: b!, c: c! };
    }),
  };
}

function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return (value ^ (value >>> 14)) >>> 0;
  };
}
