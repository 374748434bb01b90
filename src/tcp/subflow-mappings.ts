import type { TcpSegment } from '../ip/tcp-segment.js';
import type { DataMapping } from './multipath-option.js';
import type { SequenceSpace } from './sequence-space.js';

/** Mappings of one side of a subflow that are remembered. */
const MOST_MAPPINGS = 256;
/** Of a mapping without an end, after which the connection has fallen back to plain TCP (RFC 8684 section 3.7). */
const WITHOUT_END = 0x7fff_ffff;

/** A mapping with the number of its first byte in the subflow. */
export interface PlacedMapping {
  readonly sequence: number;
  readonly dataSequence: number;
  readonly length: number;
}

/**
 * Which bytes of one side of a subflow are which of the connection.
 *
 * A mapping counts from the subflow's SYN. Where that was not captured, its number is found out: a sender that cuts a
 * mapping into several segments may say it in each, so that the first one that came need not stand at its beginning.
 */
export class SubflowMappings {
  readonly #space: SequenceSpace;
  readonly #mappings: PlacedMapping[] = [];
  /** Number of the SYN, as mappings show it. */
  #initial: number | undefined = undefined;
  /** The same as the last one shows it, if its segment stands at its beginning. */
  #candidate: { readonly initial: number; readonly subflowOffset: number } | undefined = undefined;

  constructor(space: SequenceSpace) {
    this.#space = space;
  }

  /** Notes the mapping that a segment with data says. @returns `undefined` where its place is not known */
  note(segment: TcpSegment, mapping: DataMapping, isEnd: boolean): PlacedMapping | undefined {
    const initial = this.#initialFrom(segment, mapping, isEnd);
    if (initial === undefined) return undefined;
    const { dataSequence } = mapping;
    const sequence = (initial + mapping.subflowOffset) | 0;
    const last = this.#mappings.at(-1);
    if (last?.sequence === sequence && last.dataSequence === dataSequence) return last;
    const placed = { sequence, dataSequence, length: mapping.length === 0 ? WITHOUT_END : mapping.length };
    this.#mappings.push(placed);
    if (this.#mappings.length > MOST_MAPPINGS) this.#mappings.shift();
    return placed;
  }

  /** The mapping of a byte; of several the one that came last. */
  at(sequence: number): PlacedMapping | undefined {
    return this.#mappings.findLast((mapping) => {
      const inside = (sequence - mapping.sequence) | 0;
      return inside >= 0 && inside < mapping.length;
    });
  }

  #initialFrom(segment: TcpSegment, mapping: DataMapping, isEnd: boolean): number | undefined {
    const { anchored, first } = this.#space;
    if (anchored) return (first - 1) | 0;
    if (this.#initial !== undefined) return this.#initial;
    const { subflowOffset, length } = mapping;
    const initial = (segment.sequence - subflowOffset) | 0;
    const isWhole = segment.length === length - (isEnd ? 1 : 0);
    const isSame = this.#candidate?.initial === initial && this.#candidate.subflowOffset !== subflowOffset;
    if (isWhole || isSame) this.#initial = initial;
    this.#candidate = { initial, subflowOffset };
    return this.#initial;
  }
}
