import { WsdissectError } from '../common/error.js';
import type { Allotment } from '../common/limits.js';
import { nearest } from '../common/nearest.js';
import type { ConnectionRef, DissectEvent, Wants } from '../events.js';
import { CallEvents, type CallOnConnection } from '../output/call-events.js';
import { CALL_FIELDS } from '../output/records/call-fields.js';
import { ITEM } from '../output/records/decoded-fields.js';
import { readFields, type RecordType, type RecordValue } from '../output/records/record-field.js';
import { columnsIn, RECORD_FIELDS, toRecord, type Column } from '../output/records/record-fields.js';
import type { DecodeChoice } from '../subprotocol/meaning-reader.js';
import type { DecodedMessage } from '../subprotocol/sub-protocol.js';

/** What the rows of a table are of. */
export type TableType = RecordType | 'call';

/** What the values of a column are. A time is its text, in UTC; an integer may be the text of its digits. */
export type CellKind = 'text' | 'integer' | 'real' | 'flag' | 'time';

/** The value of a row in a column; `undefined` where it has none. */
export type Cell = string | number | boolean | undefined;

/** A column of a table. */
export interface TableColumn {
  readonly name: string;
  readonly kind: CellKind;
  readonly meaning: string;
}

/** A column, and where its values come from. */
interface SourceColumn extends TableColumn {
  readonly source: Column;
}

type Row = Readonly<Record<string, RecordValue>>;
type TakeRow = (cells: readonly Cell[]) => void;

/** Makes the rows of a capture. */
interface TableRows {
  event(event: DissectEvent): void;
  /** Nothing more comes. @param next - is told whose calls come next */
  end(next?: (connection: ConnectionRef) => void): void;
}

/**
 * Turns the events of captures into the rows of one table: what the JSON records have, a column for each field. A list is
 * one column, with its JSON; so is a value that the sender chose, which stays as it was sent.
 */
export class RecordTable {
  readonly type: TableType;
  readonly #columns: readonly SourceColumn[];
  readonly #hasHeaders: boolean;

  /**
   * @param names - the columns; where this is not given, all that records have without being asked for
   * @param hasFile - each row names its input
   * @throws WsdissectError `bad-option` for a name that no column has
   */
  constructor(type: TableType, names: readonly string[] | undefined, hasFile: boolean) {
    this.type = type;
    const all = columnsOfTable(type);
    this.#columns =
      names === undefined
        ? all.filter(({ name, source }) => name !== 'type' && (hasFile || name !== 'file') && !isOnRequest(source))
        : names.map((name) => all.find((column) => column.name === name) ?? unknownColumn(name, type, all));
    this.#hasHeaders = this.#columns.some(({ source }) => isOnRequest(source));
  }

  /** The columns, in their order. */
  get columns(): readonly TableColumn[] {
    return this.#columns;
  }

  /** The events that the rows are made of. */
  wants(decode: DecodeChoice): Wants {
    const isCall = this.type === 'call';
    const hasMessages = isCall || this.type === 'message';
    const isDecoded = isCall || this.#columns.some(({ name }) => name.startsWith('decoded.'));
    return {
      frames: this.type === 'frame',
      messages: hasMessages,
      connections: isCall || this.type === 'connection',
      decode: isDecoded ? decode : 'off',
    };
  }

  /**
   * Begins the rows of a capture.
   *
   * @param file - the value of `file`
   * @param take - is given each row
   * @param hasCall - whether a call has a row
   * @param openCalls - bytes that open calls may take
   */
  capture(
    file: string | undefined,
    take: TakeRow,
    hasCall: (call: CallOnConnection) => boolean = () => true,
    openCalls?: Allotment,
  ): TableRows {
    const { type } = this;
    if (type === 'call') {
      const calls = new CallEvents((call) => {
        if (hasCall(call)) take(this.#cells(readFields(CALL_FIELDS, { ...call, file })));
      }, openCalls);
      return { event: (event) => calls.event(event), end: (next) => calls.end(next) };
    }
    const event = (event: DissectEvent): void => {
      if (event.type !== type) return;
      const decoded = event.type === 'message' ? event.decoded : undefined;
      take(this.#cells(toRecord(event, file, { headers: this.#hasHeaders }), decoded));
    };
    return { event, end: () => undefined };
  }

  #cells(record: Row, decoded?: DecodedMessage): Cell[] {
    return this.#columns.map(({ name, source }) => {
      const sent = decoded === undefined ? undefined : sentJson(name, decoded);
      return sent ?? toCell(source.read(record));
    });
  }
}

function isOnRequest({ field }: Column): boolean {
  return field.onlyWith !== undefined;
}

function columnsOfTable(type: TableType): SourceColumn[] {
  const fields = type === 'call' ? CALL_FIELDS : RECORD_FIELDS[type];
  return columnsIn(fields).map((source) => ({
    name: source.name,
    kind: kindOf(source),
    meaning: source.field.meaning,
    source,
  }));
}

function kindOf({ kind, field }: Column): CellKind {
  if (kind === 'flag') return 'flag';
  if (field.form === 'time') return 'time';
  if (kind !== 'number') return 'text';
  const isWhole = field.form !== undefined || field.bounds?.['type'] === 'integer';
  return isWhole ? 'integer' : 'real';
}

function unknownColumn(name: string, type: TableType, all: readonly SourceColumn[]): never {
  const near = nearest(
    name,
    all.map((column) => column.name),
  );
  const hint = near === undefined ? `one of ${all.map((column) => column.name).join(', ')}` : `did you mean ${near}?`;
  throw new WsdissectError('bad-option', `--fields: a ${type} has no field ${JSON.stringify(name)}: ${hint}`);
}

/** JSON of the message itself, which must not go through a reader that rounds its numbers. */
function sentJson(column: string, { protocol, items }: DecodedMessage): string | undefined {
  if (column === 'decoded.value') return items.length === 1 ? items[0]!.value : undefined;
  if (column !== 'decoded.items' || items.length === 1) return undefined;
  const list = items.map((item) => {
    const members = Object.entries(readFields(ITEM, { item, outer: protocol })).map(
      ([name, value]) => `${JSON.stringify(name)}:${name === 'value' ? item.value! : JSON.stringify(value)}`,
    );
    return `{${members.join(',')}}`;
  });
  return `[${list.join(',')}]`;
}

function toCell(value: RecordValue | undefined): Cell {
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : (value ?? undefined);
}
