import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Cell, CellKind, TableColumn } from './record-table.js';

/** Rows of a row group: enough for a reader to pass over what it does not need, and few enough to be held. */
const GROUP_ROWS = 65_536;
/** Characters of text in a row group: one of large messages has fewer rows. */
const GROUP_LENGTH = 8 * 1024 * 1024;

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];
type SchemaElement = Schema[number];

const TYPES: Readonly<Record<CellKind, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  real: { type: 'DOUBLE' },
  flag: { type: 'BOOLEAN' },
  time: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } },
};

/** What a column of a file holds. */
type Value = string | number | bigint | boolean | null;

/** Writes rows as a Parquet file, a row group at a time. */
export class ParquetTable {
  readonly #columns: readonly TableColumn[];
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  #group: Value[][];
  #rows = 0;
  #length = 0;
  #unwritable = 0;

  constructor(columns: readonly TableColumn[], creator: string) {
    this.#columns = columns;
    const schema: Schema = [
      { name: 'wsdissect', num_children: columns.length },
      ...columns.map(({ name, kind }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...TYPES[kind] })),
    ];
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema, createdBy: creator });
    this.#group = columns.map(() => []);
  }

  /**
   * Values that a Parquet file cannot hold in 64 bits, and that are absent in it: times with nanoseconds before 1677 or after
   * 2262, and lengths from 2^63 on, which no frame can have and a broken one may claim.
   */
  get leftOut(): number {
    return this.#unwritable;
  }

  /** Adds a row. @returns bytes of the file, where a row group is full */
  row(cells: readonly Cell[]): Uint8Array | undefined {
    for (const [index, { kind }] of this.#columns.entries()) {
      const cell = cells[index];
      if (typeof cell === 'string') this.#length += cell.length;
      this.#group[index]!.push(this.#toValue(cell, kind));
    }
    this.#rows++;
    if (this.#rows < GROUP_ROWS && this.#length < GROUP_LENGTH) return undefined;
    this.#endGroup();
    return this.#take();
  }

  /** @returns the rest of the file */
  end(): Uint8Array {
    if (this.#rows > 0) this.#endGroup();
    void this.#writer.finish();
    return this.#take();
  }

  #endGroup(): void {
    const columnData = this.#columns.map(({ name }, index) => ({ name, data: this.#group[index]! }));
    void this.#writer.write({ columnData, rowGroupSize: this.#rows });
    this.#group = this.#columns.map(() => []);
    this.#rows = 0;
    this.#length = 0;
  }

  #take(): Uint8Array {
    const bytes = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return bytes;
  }

  #toValue(cell: Cell, kind: CellKind): Value {
    if (cell === undefined) return null;
    // The id of a message may be a number or a text, and a column has one type.
    if (kind === 'text') return String(cell);
    if (kind !== 'integer' && kind !== 'time') return cell;
    const value = kind === 'integer' ? BigInt(cell) : toNanoseconds(String(cell));
    if (value >= LEAST && value <= MOST) return value;
    this.#unwritable++;
    return null;
  }
}

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;
const TIME = /^(.+)\.(\d+)Z$/;

/** Nanoseconds since 1970 of a time as records write it. */
function toNanoseconds(text: string): bigint {
  const [, seconds, fraction] = TIME.exec(text)!;
  return BigInt(Date.parse(`${seconds!}Z`)) * 1_000_000n + BigInt(fraction!.padEnd(9, '0'));
}
