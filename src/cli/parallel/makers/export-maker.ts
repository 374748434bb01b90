import { COUNT_LIMITS } from '../../../common/limits.js';
import { WatchedAllotment } from '../../../common/watched-allotment.js';
import type { Consumer } from '../../../consumer.js';
import type { ConnectionRef, DissectEvent } from '../../../events.js';
import { HarWriter } from '../../../export/har-writer.js';
import { RecordTable } from '../../../export/record-table.js';
import type { EncodedBytes } from '../../../parallel/encoded-bytes.js';
import type { PartMaker } from '../../../parallel/part-maker.js';
import type { PartWriter } from '../../../parallel/part-writer.js';
import type { CallOnConnection } from '../../../output/call-events.js';
import { FilteredConsumer } from '../../commands/reading/filtered-consumer.js';
import type { HarPiece } from '../../commands/exporting/har-file.js';
import { separatedValues } from '../../commands/exporting/table-file.js';
import type { ExportOptions } from '../../options/export-options.js';
import { filterOf } from '../../options/filter-options.js';
import type { Io } from '../../terminal/io.js';
import { BegunConnections } from './begun-connections.js';

/** Opens what makes entries of HAR, or rows of a table. */
export async function openExporting(
  io: Io,
  options: ExportOptions,
  bytes: EncodedBytes,
  open: (openCalls: WatchedAllotment) => PartWriter,
): Promise<{ readonly maker: PartMaker; readonly writer: PartWriter }> {
  const type = options.type ?? 'message';
  const filter = await filterOf(options, type, undefined);
  const isInverted = options.invert === true;
  const openCalls = new WatchedAllotment(COUNT_LIMITS.openCallBytes);
  const writer = open(openCalls);
  const hasCall =
    filter === undefined ? undefined : (call: CallOnConnection): boolean => filter.hasCall(call) !== isInverted;
  const exporter =
    options.har === true
      ? new HarExporter(bytes, writer)
      : new RowExporter(io, options, { bytes, writer, openCalls, hasCall });
  const consumer: Consumer =
    filter === undefined
      ? exporter
      : new FilteredConsumer(exporter, { filter, type, isInverted, decode: options.decode });
  const maker: PartMaker = { event: (event) => void consumer.event(event), end: () => exporter.end() };
  return { maker, writer };
}

/** Where rows go. */
interface RowPlace {
  readonly bytes: EncodedBytes;
  readonly writer: PartWriter;
  readonly openCalls: WatchedAllotment;
  readonly hasCall: ((call: CallOnConnection) => boolean) | undefined;
}

/** Makes rows: lines, or the cells of a Parquet file. */
class RowExporter implements Consumer {
  readonly wants;
  readonly #rows: ReturnType<RecordTable['capture']>;
  readonly #begun: BegunConnections;
  readonly #writer: PartWriter;

  constructor(io: Io, options: ExportOptions, { bytes, writer, openCalls, hasCall }: RowPlace) {
    const table = new RecordTable(options.type ?? 'message', options.fields, false);
    this.wants = table.wants(options.decode);
    this.#writer = writer;
    this.#begun = new BegunConnections(() => writer.step);
    const isForTerminal = options.output === undefined && io.isTerminal('stdout');
    const lines = options.parquet === undefined ? separatedValues(table.columns, options, isForTerminal) : undefined;
    this.#rows = table.capture(
      undefined,
      (cells) => {
        if (lines === undefined) writer.object({ piece: cells });
        else bytes.addText(lines.row(cells));
      },
      hasCall,
      openCalls,
    );
  }

  event(event: DissectEvent): undefined {
    this.#begun.event(event);
    this.#rows.event(event);
  }

  end(): undefined {
    this.#rows.end((connection: ConnectionRef) => this.#writer.moveTo(this.#begun.stepOf(connection)));
  }
}

/** Makes entries of a HAR file. */
class HarExporter implements Consumer {
  readonly wants = { frames: false, messages: true, connections: true };
  readonly #har = new HarWriter();
  readonly #bytes: EncodedBytes;
  readonly #writer: PartWriter;

  constructor(bytes: EncodedBytes, writer: PartWriter) {
    this.#bytes = bytes;
    this.#writer = writer;
  }

  event(event: DissectEvent): undefined {
    if (event.type === 'connection') this.#writer.object({ piece: {} satisfies HarPiece });
    for (const piece of this.#har.event(event, undefined)) {
      this.#bytes.add(piece);
      this.#writer.note();
    }
  }

  end(): undefined {
    this.#writer.object({ piece: { unfinished: this.#har.unfinished } satisfies HarPiece });
    this.#har.close();
  }
}
