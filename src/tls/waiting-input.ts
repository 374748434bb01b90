import type { Moment } from '../common/moment.js';
import type { End } from '../common/sink.js';
import type { Allowance } from './allowance.js';

/** What came from a side, in the order in which it came. */
export type Input =
  | { readonly kind: 'bytes'; readonly chunk: Buffer; readonly at: Moment }
  | { readonly kind: 'gap'; readonly length: number | undefined; readonly at: Moment }
  | { readonly kind: 'end'; readonly how: End; readonly at: Moment };

/** Bytes that keeping one input costs beside its own. */
const OVERHEAD = 128;

/** What came from a side while it waits for a hello or a secret. */
export class WaitingInput {
  readonly #allowance: Allowance;
  readonly #limit: number;
  #inputs: Input[] = [];
  #taken = 0;
  #held = 0;

  /** @param limit - bytes held for this side */
  constructor(allowance: Allowance, limit: number) {
    this.#allowance = allowance;
    this.#limit = limit;
  }

  /** Keeps an input, bytes as a copy; false where that would pass the limit of this side or of all together. */
  push(input: Input): boolean {
    const cost = OVERHEAD + (input.kind === 'bytes' ? input.chunk.length : 0);
    if (!this.reserve(cost)) return false;
    this.#inputs.push(input.kind === 'bytes' ? { ...input, chunk: Buffer.from(input.chunk) } : input);
    return true;
  }

  /** Counts bytes that wait elsewhere; false where that would pass a limit. */
  reserve(bytes: number): boolean {
    if (this.#held + bytes > this.#limit || !this.#allowance.hold(bytes)) return false;
    this.#held += bytes;
    return true;
  }

  /** The first input, taken out. */
  take(): Input | undefined {
    const input = this.#inputs[this.#taken];
    if (input !== undefined) {
      this.#taken++;
      return input;
    }
    this.#allowance.release(this.#held);
    this.#inputs = [];
    this.#taken = this.#held = 0;
    return undefined;
  }
}
