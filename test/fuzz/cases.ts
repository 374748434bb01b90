import fc from 'fast-check';
import { checkCase, type Outcome } from './check-case.js';
import { loadCorpus, type Specimen } from './corpus.js';
import { mutate, MUTATION_KINDS, type Mutation } from './mutate.js';

/** A mutated capture, as choices: which, what to do with it, how to cut it into chunks. */
interface Choices {
  readonly specimen: Specimen;
  readonly other: Specimen;
  readonly mutations: readonly Mutation[];
  readonly chunks: readonly number[];
}

/** What a run of cases came to. */
export interface Tally {
  /** Cases by what became of them. */
  readonly verdicts: Map<string, number>;
  events: number;
}

/**
 * Runs mutated captures through the whole program.
 *
 * @param seed - the same seed makes the same cases
 * @throws with the seed, the path and the smallest case found, where a case shows a bug
 */
export async function fuzz(seed: number, numRuns: number): Promise<Tally> {
  const tally: Tally = { verdicts: new Map(), events: 0 };
  const property = fc.asyncProperty(choices(loadCorpus()), async ({ specimen, other, mutations, chunks }) => {
    const bytes = mutate(specimen.bytes, mutations, other.bytes);
    count(tally, await checkCase({ bytes, keyLog: specimen.keyLog, chunks }));
  });
  await fc.assert(property, { seed, numRuns, interruptAfterTimeLimit: 0x7fff_ffff, markInterruptAsFailure: true });
  return tally;
}

function count(tally: Tally, { verdict, events }: Outcome): void {
  tally.verdicts.set(verdict, (tally.verdicts.get(verdict) ?? 0) + 1);
  tally.events += events;
}

function choices(corpus: readonly Specimen[]): fc.Arbitrary<Choices> {
  // What is printed of a failing case is the name of the capture, not its bytes.
  const specimen = fc.integer({ min: 0, max: corpus.length - 1 }).map((index) => named(corpus[index]!));
  const number = fc.nat(0xffff_ffff);
  const mutation = fc.record({ kind: fc.constantFrom(...MUTATION_KINDS), a: number, b: number, c: number });
  return fc.record({
    specimen,
    other: specimen,
    mutations: fc.array(mutation, { maxLength: 6 }),
    chunks: fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5000 })), { maxLength: 4 }),
  });
}

function named(specimen: Specimen): Specimen {
  return { ...specimen, [fc.toStringMethod]: () => specimen.name } as Specimen;
}
