import type { ConnectionEvent, ConnectionRef, DissectEvent, FrameEvent, MessageEvent } from '../events.js';
import type { CallOnConnection } from '../output/call-events.js';
import { CALL_FIELDS } from '../output/records/call-fields.js';
import { CONNECTION_FIELDS } from '../output/records/connection-fields.js';
import { FRAME_FIELDS, FrameSource } from '../output/records/frame-fields.js';
import { MESSAGE_FIELDS, MessageSource } from '../output/records/message-fields.js';
import { readFields, type RecordField } from '../output/records/record-field.js';
import { compileFilter, type RecordFilter } from './compile-filter.js';
import type { FilteredType } from './filter-fields.js';
import { compileHost } from './host-pattern.js';
import { isWithin, type TimeSpan } from './moment.js';

/** Which records are shown: those that pass every test that is there. */
export interface EventFilterOptions {
  /** An expression about the record's fields. */
  readonly where?: string;
  /** A regular expression that the URL of the connection matches. */
  readonly url?: string;
  /** A host of the connection. */
  readonly host?: string;
  readonly between?: TimeSpan;
}

type Recorded = FrameEvent | MessageEvent | ConnectionEvent;

/** Chooses records of one type in the events of a capture. */
export class EventFilter {
  readonly #type: FilteredType;
  readonly #file: string | undefined;
  readonly #where: RecordFilter | undefined;
  readonly #between: TimeSpan | undefined;
  readonly #isOurs: ((connection: ConnectionRef, url: string | undefined) => boolean) | undefined;
  /** The connections of which some head is known by now, and whether they are chosen. */
  readonly #chosen = new WeakMap<ConnectionRef, boolean>();
  readonly #read: (fields: readonly RecordField<never>[], source: unknown) => boolean;

  /**
   * @param file - the value of the field `file`
   * @throws RangeError for an expression that cannot be about such records
   */
  constructor({ where, url, host, between }: EventFilterOptions, type: FilteredType, file?: string) {
    this.#type = type;
    this.#file = file;
    this.#where = where === undefined ? undefined : compileFilter(where, type);
    this.#between = between;
    const pattern = url === undefined ? undefined : new RegExp(url, 'u');
    const isHost = host === undefined ? undefined : compileHost(host);
    if (pattern !== undefined || isHost !== undefined) {
      this.#isOurs = (connection, known) =>
        (pattern === undefined || (known !== undefined && pattern.test(known))) &&
        (isHost === undefined || isHost(connection, known));
    }
    const used = new Map<readonly RecordField<never>[], readonly RecordField<never>[]>();
    this.#read = (fields, source) => {
      const filter = this.#where!;
      let needed = used.get(fields);
      if (needed === undefined) {
        needed = fields.filter(({ name }) => filter.fields.has(name));
        used.set(fields, needed);
      }
      return filter(readFields(needed, source as never));
    };
  }

  /** Whether the expression asks for a field. */
  needs(field: string): boolean {
    return this.#where?.fields.has(field) === true;
  }

  /** Takes the next event, of whichever type, before it is asked about it. */
  learn(event: DissectEvent): void {
    if (this.#isOurs === undefined) return;
    if (event.type === 'open' || event.type === 'learned' || event.type === 'connection') {
      this.#chosen.set(event.connection, this.#isOurs(event.connection, event.handshake.url));
    }
  }

  /** Whether something of a connection can be shown at all. */
  hasConnection(connection: ConnectionRef): boolean {
    return this.#isOurs === undefined || this.#chosen.get(connection) === true;
  }

  /** Whether a frame, message or connection is shown. */
  has(event: Recorded): boolean {
    return this.hasConnection(event.connection) && this.#isThen(event) && this.#passes(event);
  }

  /** Whether a call is shown. */
  hasCall(call: CallOnConnection): boolean {
    if (!this.hasConnection(call.connection)) return false;
    if (this.#between !== undefined && !isWithin(this.#between, call.call.at)) return false;
    return this.#where === undefined || this.#read(CALL_FIELDS, { ...call, file: this.#file });
  }

  #isThen(event: Recorded): boolean {
    const span = this.#between;
    if (span === undefined) return true;
    switch (event.type) {
      case 'frame':
        return isWithin(span, event.frame.at);
      case 'message':
        return isWithin(span, event.message.at);
      case 'connection':
        return isWithin(span, event.at, event.ended);
    }
  }

  /** What the expression is about are records of one type: those of others do not pass. */
  #passes(event: Recorded): boolean {
    if (this.#where === undefined) return true;
    if (event.type !== this.#type) return false;
    switch (event.type) {
      case 'frame':
        return this.#read(FRAME_FIELDS, new FrameSource(event, this.#file));
      case 'message':
        return this.#read(MESSAGE_FIELDS, new MessageSource(event, this.#file));
      case 'connection':
        return this.#read(CONNECTION_FIELDS, { event, file: this.#file, hasHeaders: true });
    }
  }
}
