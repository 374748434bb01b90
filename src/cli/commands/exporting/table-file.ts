import { count } from '../../../common/words.js';
import type { Consumer } from '../../../consumer.js';
import type { DissectEvent } from '../../../events.js';
import type { CallOnConnection } from '../../../output/call-events.js';
import { RecordTable, type Cell, type TableColumn } from '../../../export/record-table.js';
import { SeparatedValues } from '../../../export/separated-values.js';
import type { DecodeChoice } from '../../../subprotocol/meaning-reader.js';
import { packageVersion } from '../../about.js';
import type { ExportOptions } from '../../options/export-options.js';
import type { MergedConsumer } from '../../parallel/merged-consumer.js';
import type { Io } from '../../terminal/io.js';
import { WriteBuffer } from '../../terminal/write-buffer.js';
import type { ExportTarget } from './export-target.js';
import { OutputFile } from './output-file.js';
import type { NamedInput } from '../reading/read-captures.js';

/** Characters that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;

/** Turns rows into the bytes of a file. */
interface RowWriter {
  begin(): Uint8Array | undefined;
  row(cells: readonly Cell[]): Uint8Array | undefined;
  /** What is ready by now. */
  take(): Uint8Array | undefined;
  end(): Uint8Array | undefined;
}

/** The records of captures as one table: CSV, TSV or Parquet. */
export class TableFile implements ExportTarget {
  readonly #io: Io;
  readonly #isOne: boolean;
  readonly #table: RecordTable;
  readonly #decode: DecodeChoice;
  readonly #file: OutputFile;
  readonly #options: ExportOptions;
  #rows: RowWriter | undefined;
  #leftOut = (): number => 0;

  /** @throws WsdissectError for a field that there is not, or a file that cannot be written */
  constructor(io: Io, options: ExportOptions, isOne: boolean) {
    this.#io = io;
    this.#isOne = isOne;
    this.#options = options;
    this.#decode = options.decode;
    this.#table = new RecordTable(options.type ?? 'message', options.fields, !isOne);
    this.#file = new OutputFile(io, options.parquet ?? options.output, options.force === true);
  }

  async begin(): Promise<void> {
    this.#rows = await this.#openRows();
    const bytes = this.#rows.begin();
    if (bytes !== undefined) await this.#file.write(bytes);
  }

  capture({ name }: NamedInput, hasCall?: (call: CallOnConnection) => boolean): Consumer {
    const rows = this.#rows!;
    // Rows come out of an event in no number that is known: what they fill waits for the end of the event.
    let full: Uint8Array[] = [];
    const capture = this.#table.capture(
      this.#isOne ? undefined : name,
      (cells) => {
        const bytes = rows.row(cells);
        if (bytes !== undefined) full.push(bytes);
      },
      hasCall,
    );
    const write = async (): Promise<void> => {
      const pieces = full;
      full = [];
      for (const bytes of pieces) await this.#file.write(bytes);
    };
    return {
      wants: this.#table.wants(this.#decode),
      event: (event: DissectEvent): Promise<void> | undefined => {
        capture.event(event);
        return full.length === 0 ? undefined : write();
      },
      pause: (): Promise<void> | undefined => {
        const bytes = rows.take();
        return bytes === undefined ? undefined : this.#file.write(bytes);
      },
      end: (): Promise<void> => {
        capture.end();
        return write();
      },
    };
  }

  /** Takes rows that other threads have made: lines or, of a Parquet file, cells. */
  merged(): MergedConsumer {
    const rows = this.#rows!;
    const buffer = new WriteBuffer((bytes) => this.#file.write(bytes));
    const heading = rows.take();
    if (heading !== undefined) void buffer.bytes(heading);
    return {
      wants: this.#table.wants(this.#decode),
      event: () => undefined,
      bytes: (bytes) => buffer.bytes(bytes),
      piece: (cells) => {
        const bytes = rows.row(cells as readonly Cell[]);
        return bytes === undefined ? undefined : buffer.bytes(bytes);
      },
      end: () => buffer.flush(),
    };
  }

  async end(): Promise<void> {
    const bytes = this.#rows!.end();
    if (bytes !== undefined) await this.#file.write(bytes);
    const left = this.#leftOut();
    if (left === 0) return;
    this.#io.report(
      `wsdissect: left out of the table: ${count(left, 'value')} that 64 bits do not hold, times or claimed lengths\n`,
    );
  }

  close(): void {
    this.#file.close();
  }

  async #openRows(): Promise<RowWriter> {
    const { columns } = this.#table;
    if (this.#options.parquet !== undefined) {
      const { ParquetTable } = await import('../../../export/parquet-table.js');
      const table = new ParquetTable(columns, `wsdissect ${packageVersion()}`);
      this.#leftOut = () => table.leftOut;
      return { begin: nothing, row: (cells) => table.row(cells), take: nothing, end: () => table.end() };
    }
    return new TextRows(separatedValues(columns, this.#options, this.#file.isTerminal));
  }
}

/** How rows become lines. @param isForTerminal - somebody looks at them */
export function separatedValues(
  columns: readonly TableColumn[],
  { tsv, excel }: Pick<ExportOptions, 'tsv' | 'excel'>,
  isForTerminal: boolean,
): SeparatedValues {
  return new SeparatedValues(columns, {
    form: tsv === true ? 'tsv' : 'csv',
    isForSpreadsheet: excel === true,
    isForTerminal,
  });
}

function nothing(): undefined {
  return undefined;
}

/** Collects lines until there are enough of them to be written. */
class TextRows implements RowWriter {
  readonly #values: SeparatedValues;
  #text = '';

  constructor(values: SeparatedValues) {
    this.#values = values;
  }

  begin(): undefined {
    this.#text = this.#values.heading();
  }

  row(cells: readonly Cell[]): Uint8Array | undefined {
    this.#text += this.#values.row(cells);
    return this.#text.length >= WRITE_LENGTH ? this.take() : undefined;
  }

  take(): Uint8Array | undefined {
    if (this.#text === '') return undefined;
    const bytes = Buffer.from(this.#text, 'utf8');
    this.#text = '';
    return bytes;
  }

  end(): Uint8Array | undefined {
    return this.take();
  }
}
