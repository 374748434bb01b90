import type { Difference } from './difference.js';
import type { SaidCall } from './said.js';

type CallDifference = Pick<Difference, 'kind' | 'call' | 'values'>;

/**
 * What became of calls otherwise. Calls of one name belong together in their order.
 *
 * @param latency - how much longer or shorter a call may take, as a share of the first; `undefined` for any
 */
export function* callDifferences(
  before: Iterable<SaidCall>,
  after: Iterator<SaidCall>,
  latency: number | undefined,
): Generator<CallDifference> {
  const others = new CallsByName(after);
  for (const one of before) {
    const call = one.name;
    const other = others.next(call);
    if (other === undefined) continue;
    if (one.outcome !== other.outcome) {
      yield { kind: 'outcome', call, values: [{ path: 'outcome', before: one.outcome, after: other.outcome }] };
    }
    if (latency === undefined || one.seconds === undefined || other.seconds === undefined) continue;
    if (Math.abs(other.seconds - one.seconds) <= latency * one.seconds) continue;
    const values = [{ path: 'seconds', before: String(one.seconds), after: String(other.seconds) }];
    yield { kind: 'latency', call, values };
  }
}

/** Gives calls by their names. Those that were read on the way to another one wait, as few as the captures are alike. */
class CallsByName {
  readonly #calls: Iterator<SaidCall>;
  readonly #waiting = new Map<string, { readonly calls: Omit<SaidCall, 'name'>[]; taken: number }>();

  constructor(calls: Iterator<SaidCall>) {
    this.#calls = calls;
  }

  /** The next call of a name; `undefined` where there is none. */
  next(name: string): Omit<SaidCall, 'name'> | undefined {
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      const call = waiting.calls[waiting.taken++]!;
      if (waiting.taken === waiting.calls.length) this.#waiting.delete(name);
      return call;
    }
    for (let next = this.#calls.next(); next.done !== true; next = this.#calls.next()) {
      const { name: other, ...call } = next.value;
      if (other === name) return call;
      const others = this.#waiting.get(other);
      if (others === undefined) this.#waiting.set(other, { calls: [call], taken: 0 });
      else others.calls.push(call);
    }
    return undefined;
  }
}
