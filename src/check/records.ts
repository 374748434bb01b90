import type { DissectEvent } from '../events.js';
import type { RecordType } from '../output/records/record-field.js';
import { toRecord, type JsonRecord } from '../output/records/record-fields.js';

export type { RecordValue } from '../output/records/record-field.js';
export type { JsonRecord } from '../output/records/record-fields.js';

/** Whatever an expectation may be about. */
const RECORDS = { headers: true };

/** Turns events into records. */
export class Records {
  readonly #types: ReadonlySet<string>;
  readonly #file: string | undefined;

  /**
   * @param types - which records are wanted
   * @param file - the value of `file` in each record; `undefined` for none
   */
  constructor(types: Iterable<RecordType>, file: string | undefined) {
    this.#types = new Set(types);
    this.#file = file;
  }

  /** The record of an event; `undefined` where it is not wanted. */
  of(event: DissectEvent): JsonRecord | undefined {
    return this.#types.has(event.type) ? (toRecord(event, this.#file, RECORDS) as JsonRecord) : undefined;
  }
}
