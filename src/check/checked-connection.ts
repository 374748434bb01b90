import type { Part } from '../consumer.js';
import type { DissectEvent } from '../events.js';
import { CallEvents, type CallOnConnection } from '../output/call-events.js';
import { CALL_FIELDS } from '../output/records/call-fields.js';
import type { RecordType } from '../output/records/record-field.js';
import { readFields } from '../output/records/record-field.js';
import { Records, type JsonRecord } from './records.js';

/** What says of an event that something is missing there. */
type LossTest = (event: DissectEvent) => boolean;

/** What is looked at of a connection: plain data. */
export interface CheckedPartOptions {
  /** The records that are looked at. */
  readonly types: readonly RecordType[];
  readonly wantsCalls: boolean;
  /** The value of `file` in records. */
  readonly file: string | undefined;
}

/** What the check needs of an event. */
export interface CheckedEvent {
  /** It has findings, or says something of a connection. */
  readonly event?: DissectEvent;
  /** What expectations and the golden file are about. */
  readonly record?: JsonRecord;
  /** Calls that it ended. */
  readonly calls?: readonly JsonRecord[];
  readonly isLoss: boolean;
}

/** What is checked about one TCP connection: records cost more than all else here, and are made connection by connection. */
export class CheckedConnection implements Part<CheckedEvent> {
  readonly #records: Records | undefined;
  readonly #isLoss: LossTest | undefined;
  readonly #events: CallEvents | undefined;
  #calls: JsonRecord[] = [];

  constructor({ types, wantsCalls, file }: CheckedPartOptions, isLoss: LossTest | undefined) {
    this.#records = types.length === 0 ? undefined : new Records(new Set(types), file);
    this.#isLoss = isLoss;
    const ended = (call: CallOnConnection): void => {
      this.#calls.push(readFields(CALL_FIELDS, { ...call, file }) as unknown as JsonRecord);
    };
    this.#events = wantsCalls ? new CallEvents(ended) : undefined;
  }

  event(event: DissectEvent): CheckedEvent | undefined {
    const record = this.#records?.of(event);
    const isLoss = this.#isLoss?.(event) ?? false;
    const calls = this.#callsOf(event);
    const rest = { ...(record === undefined ? {} : { record }), ...(calls === undefined ? {} : { calls }), isLoss };
    if (isOfViolations(event)) return { event, ...rest };
    return record === undefined && calls === undefined && !isLoss ? undefined : rest;
  }

  /** The calls of which it is known now what became of them. */
  #callsOf(event: DissectEvent): readonly JsonRecord[] | undefined {
    if (this.#events === undefined) return undefined;
    this.#events.event(event);
    if (this.#calls.length === 0) return undefined;
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }
}

/** Whether an event may say something of a violation: most frames and messages have none. */
function isOfViolations(event: DissectEvent): boolean {
  if (event.type === 'frame') return event.frame.findings.length > 0;
  return event.type !== 'message' || event.message.findings.length > 0;
}
