import type { DissectEvent } from '../events.js';
import type { RecordType } from '../output/json-record.js';
import { JsonOutput } from '../output/json.js';

/** A value of a record: what JSON can hold. */
export type RecordValue =
  string | number | boolean | null | readonly RecordValue[] | { readonly [name: string]: RecordValue };

/** A frame, message or connection: the same object as `--json` prints. */
export type JsonRecord = Readonly<Record<string, RecordValue>> & { readonly type: RecordType };

/** Turns events into records. */
export class Records {
  readonly #outputs = new Map<RecordType, JsonOutput>();

  /**
   * @param types - which records are wanted
   * @param file - the value of `file` in each record; `undefined` for none
   */
  constructor(types: Iterable<RecordType>, file: string | undefined) {
    for (const type of types) this.#outputs.set(type, new JsonOutput(type, file));
  }

  /** The record of an event; `undefined` where it is not wanted. */
  of(event: DissectEvent): JsonRecord | undefined {
    const output = this.#outputs.get(event.type as RecordType);
    if (output === undefined) return undefined;
    // Read back from what is printed: the two cannot differ.
    output.event(event);
    let text = '';
    while (output.length > 0) text += Buffer.from(output.take()).toString('utf8');
    return JSON.parse(text) as JsonRecord;
  }
}
