import type { DissectEvent } from '../../../events.js';
import { EncodedBytes } from '../../../parallel/encoded-bytes.js';
import type { PartMaker } from '../../../parallel/part-maker.js';
import type { ByteSource, PartWriter } from '../../../parallel/part-writer.js';
import { createOutput, startsOf, textOptionsOf } from '../../commands/printing/create-output.js';
import type { RecordsOptions } from '../../options/printing-options.js';
import { selectionOf } from '../../commands/printing/selection-of.js';
import type { Io } from '../../terminal/io.js';
import type { RowPiece } from '../merged-printer.js';
import type { RecordPrinting, SharedMaking } from '../protocol.js';
import { DeferredStarts, RecordMaker } from './record-maker.js';

/** What makes something of events, and where that goes. */
interface Making {
  readonly maker: PartMaker;
  readonly writer: PartWriter;
}

/** Makes the writer of what is made. @param fractions - of totals over all connections, how much was taken at most */
type OpenWriter = (source: ByteSource, fractions?: () => readonly number[]) => PartWriter;

/** What makes, in a thread beside the main one, what a command needs of connections. */
export async function createMaker(io: Io, making: SharedMaking, open: OpenWriter): Promise<Making> {
  switch (making.what) {
    case 'check': {
      const { CheckMaker } = await import('./check-maker.js');
      const writer = open(new EncodedBytes());
      return { maker: new CheckMaker(making.options, writer), writer };
    }
    case 'export': {
      const { openExporting } = await import('./export-maker.js');
      const bytes = new EncodedBytes();
      return openExporting(io, making.options, bytes, (openCalls) => open(bytes, () => [openCalls.fraction]));
    }
    case 'call': {
      const { callPrinting } = await import('../../commands/printing/call-lines.js');
      const { CallMaker } = await import('./call-maker.js');
      const maker = new CallMaker(await callPrinting(io, making.options, undefined));
      const writer = open(maker.bytes, () => [maker.open.fraction]);
      maker.writer = writer;
      return { maker, writer };
    }
    case 'stats': {
      const { StatsMaker } = await import('./stats-maker.js');
      const { chosenStats } = await import('../../commands/summaries/stats-choice.js');
      const maker = new StatsMaker(making.options, await chosenStats(making.options, undefined));
      const writer = open(new EncodedBytes(), () => maker.fractions);
      maker.writer = writer;
      return { maker, writer };
    }
    case 'explain': {
      const { explainMaker } = await import('./explain-maker.js');
      const bytes = new EncodedBytes();
      const writer = open(bytes);
      return { maker: await explainMaker(io, making.options, bytes, writer), writer };
    }
    case 'follow': {
      const { followMaker } = await import('./follow-maker.js');
      const bytes = new EncodedBytes();
      const writer = open(bytes);
      return { maker: await followMaker(io, making.options, bytes, writer), writer };
    }
    default:
      return recordMaker(io, making, open);
  }
}

async function recordMaker(io: Io, { what, options }: RecordPrinting, open: OpenWriter): Promise<Making> {
  // What is wrong and of no record is the business of the main thread.
  const own: RecordsOptions = { ...options, findings: 'none' };
  const selection = await selectionOf(what, own, undefined);
  if (options.json === true) {
    const output = await createOutput(what, own, io, undefined);
    const writer = open(output);
    return { maker: new RecordMaker(output, selection), writer };
  }
  const bytes = new EncodedBytes();
  const writer = open(bytes);
  if (what === 'connection') {
    const pass = (event: DissectEvent, isShown: boolean): void => {
      if (event.type === 'connection') writer.object({ piece: { event, isShown } satisfies RowPiece });
    };
    const rows = {
      event: (event: DissectEvent) => pass(event, true),
      skip: (event: DissectEvent) => pass(event, false),
    };
    return { maker: new RecordMaker(rows, selection), writer };
  }
  const starts = new DeferredStarts(await startsOf(what, own, await textOptionsOf(own, io)), bytes, writer);
  const output = await createOutput(what, own, io, undefined, starts);
  starts.follow(output);
  return { maker: new RecordMaker(output, selection, () => starts.take()), writer };
}
