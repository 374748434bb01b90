import type { Consumer } from '../../../consumer.js';
import type { ExportTarget } from './export-target.js';
import { EXIT_UNUSABLE } from '../../exit-code.js';
import type { FilteredType } from '../../../filter/filter-fields.js';
import type { ExportOptions } from '../../options/export-options.js';
import { filterOf, invertRefusal, isFiltering } from '../../options/filter-options.js';
import { FilteredConsumer } from '../reading/filtered-consumer.js';
import { threadsWithin } from '../../parallel/jobs.js';
import { withThreads } from '../../parallel/with-threads.js';
import type { MergedConsumer } from '../../parallel/merged-consumer.js';
import type { Io } from '../../terminal/io.js';
import { inputsOf, readCaptures, type NamedInput } from '../reading/read-captures.js';

/**
 * The command `export`: takes the messages of captures to other programs.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 */
export async function exportCaptures(io: Io, files: readonly string[], options: ExportOptions): Promise<number> {
  const wrong = wrongUsage(io, files, options);
  if (wrong !== undefined) {
    io.report(`wsdissect: export: ${wrong}\n`);
    return EXIT_UNUSABLE;
  }
  const type = options.type ?? 'message';
  await filterOf(options, type, undefined);
  const inputs = await inputsOf(io, files, options);
  const isOne = inputs.length === 1;
  const canShare = SHARED.some((form) => options[form] !== undefined) && options.stream === undefined;
  const others = canShare ? threadsWithin(options.jobs, io, inputs) : 0;
  let isAgain = false;
  return withThreads(io, others, async (to, share) => {
    // The file is there that was begun with several threads.
    const target = await createTarget(to, isAgain ? { ...options, force: true } : options, inputs.length);
    isAgain = true;
    try {
      await target.begin();
      const open = (input: NamedInput): Promise<Consumer> =>
        openTarget(target, input, { type, options, file: isOne ? undefined : input.name });
      const command = share?.({ what: 'export', options }, await mergedTarget(target, type, options)) ?? { open };
      const exitCode = await readCaptures(to, inputs, options, command);
      await target.end();
      return exitCode;
    } finally {
      target.close();
    }
  });
}

/** What other threads choose by a filter may be messages by what they mean: those are decoded. */
async function mergedTarget(target: ExportTarget, type: FilteredType, options: ExportOptions): Promise<MergedConsumer> {
  const merged = target.merged!();
  const filter = await filterOf(options, type, undefined);
  const { wants } = merged;
  return filter?.needs('decoded') === true ? { ...merged, wants: { ...wants, decode: options.decode } } : merged;
}

async function openTarget(
  target: ExportTarget,
  input: NamedInput,
  { type, options, file }: { type: FilteredType; options: ExportOptions; file: string | undefined },
): Promise<Consumer> {
  const filter = await filterOf(options, type, file);
  if (filter === undefined) return target.capture(input);
  const isInverted = options.invert === true;
  const consumer = target.capture(input, (call) => filter.hasCall(call) !== isInverted);
  return new FilteredConsumer(consumer, { filter, type, isInverted, decode: options.decode });
}

/** The forms of which a command line takes one. */
const FORMS = ['har', 'payloads', 'csv', 'tsv', 'parquet', 'pcap', 'mermaid', 'plantuml'] as const;
/** Those that are tables. */
const TABLES: readonly string[] = ['csv', 'tsv', 'parquet'];
/** Those that several threads make of one input: of the others, this thread sees events or packets itself. */
const SHARED = ['har', 'csv', 'tsv', 'parquet'] as const;
/** Those that go to standard output, or to --output. */
const OUTPUTS: readonly string[] = ['har', 'csv', 'tsv', 'mermaid', 'plantuml'];

function wrongUsage(io: Io, files: readonly string[], options: ExportOptions): string | undefined {
  const [form, ...others] = FORMS.filter((name) => options[name] !== undefined);
  if (form === undefined || others.length > 0)
    return 'take one of --har, --payloads DIRECTORY, --csv, --tsv, --parquet FILE, --pcap FILE, --mermaid and --plantuml';
  if (options.output !== undefined && !OUTPUTS.includes(form))
    return '--output goes with --har, --csv, --tsv, --mermaid and --plantuml';
  const ofTables = (['type', 'fields', 'excel'] as const).find((name) => options[name] !== undefined);
  if (ofTables !== undefined && !TABLES.includes(form)) return `--${ofTables} goes with --csv, --tsv and --parquet`;
  if (options.plain === true && form !== 'pcap') return '--plain goes with --pcap';
  if (io.redaction !== undefined && form === 'pcap' && options.plain !== true)
    return '--redact goes with --pcap FILE --plain: without --plain, packets are copied as they were captured';
  if (options.excel === true && form === 'parquet') return '--excel goes with --csv and --tsv';
  if (files.length === 0 && io.isTerminal('stdin')) return 'no capture: name a file, or pipe one in';
  return invertRefusal(options, false);
}

async function createTarget(io: Io, options: ExportOptions, inputs: number): Promise<ExportTarget> {
  const { payloads, output } = options;
  const force = options.force === true;
  const isOne = inputs === 1;
  if (payloads !== undefined) {
    const { PayloadDirectory } = await import('./payload-directory.js');
    return new PayloadDirectory(io, payloads, { force, isOne, isQuiet: options.quiet === true });
  }
  if (options.har === true) {
    const { HarFile } = await import('./har-file.js');
    return new HarFile(io, output, { force, isOne });
  }
  if (options.pcap !== undefined) {
    const { quiet, stream } = options;
    const how = { path: options.pcap, force, isQuiet: quiet === true, stream, isFiltered: isFiltering(options) };
    if (options.plain === true) {
      const { PlainFile } = await import('./plain-file.js');
      return new PlainFile(io, { ...how, isOne });
    }
    const { PacketsFile } = await import('./packets-file.js');
    return new PacketsFile(io, how);
  }
  if (options.mermaid === true || options.plantuml === true) {
    const { MERMAID, PLANTUML } = await import('../../../export/diagram-syntax.js');
    const { DiagramFile } = await import('./diagram-file.js');
    return new DiagramFile(io, options.mermaid === true ? MERMAID : PLANTUML, options, isOne);
  }
  const { TableFile } = await import('./table-file.js');
  return new TableFile(io, options, isOne);
}
