import type { TableType } from '../../export/record-table.js';
import type { DecodeChoice } from '../../subprotocol/meaning-reader.js';
import { FILTER_OPTIONS, type FilterOptions } from './filter-options.js';
import { without, type OptionTable } from './option.js';
import { DECODE_OPTION } from './printing-options.js';
import {
  FINDINGS_OPTIONS,
  READING_OPTIONS,
  SHARING_OPTIONS,
  type FindingsOptions,
  type JobsOptions,
  type ReadingOptions,
} from './reading-options.js';
import { parseNames } from './values.js';

/** The parsed options of `export`: those that say how text looks are none of its own. */
export interface ExportOptions
  extends
    Omit<ReadingOptions, 'json' | 'maxPayload' | 'color'>,
    FindingsOptions,
    FilterOptions,
    Pick<JobsOptions, 'jobs'> {
  readonly har?: true;
  readonly payloads?: string;
  readonly csv?: true;
  readonly tsv?: true;
  readonly parquet?: string;
  readonly pcap?: string;
  readonly plain?: true;
  readonly mermaid?: true;
  readonly plantuml?: true;
  readonly type?: TableType;
  readonly fields?: readonly string[];
  readonly excel?: true;
  readonly decode: DecodeChoice;
  readonly output?: string;
  readonly force?: true;
}

/** The options of `export`. */
export const EXPORT_OPTIONS: OptionTable<ExportOptions> = {
  har: { flags: '--har', description: 'a HAR 1.2 file, as the developer tools of browsers import it' },
  payloads: { flags: '--payloads <directory>', description: 'each message in a file of its own in this directory' },
  csv: { flags: '--csv', description: 'a table of comma separated values, quoted as RFC 4180 says' },
  tsv: { flags: '--tsv', description: 'a table with tabs between its columns, one line a row' },
  parquet: { flags: '--parquet <file>', description: 'a table as a Parquet file' },
  pcap: {
    flags: '--pcap <file>',
    description: 'the packets of the WebSocket connections, as captured; pcapng where there are several link types',
  },
  plain: {
    flags: '--plain',
    description: 'with --pcap: wss, HTTP/2 and compression undone, as RFC 6455 over HTTP/1.1 that any tool reads',
  },
  mermaid: {
    flags: '--mermaid',
    description: 'a sequence diagram of the first 100 messages, as Markdown of code hosts draws it',
  },
  plantuml: { flags: '--plantuml', description: 'the same for PlantUML' },
  type: {
    flags: '--type <type>',
    description: 'what the rows of a table are of (default: message)',
    choices: ['frame', 'message', 'connection', 'call'],
  },
  fields: {
    flags: '--fields <names>',
    description: 'the columns of a table: members of the JSON records, with commas between them (default: all)',
    parse: parseNames,
  },
  excel: {
    flags: '--excel',
    description: "for a spreadsheet: marked as UTF-8, and ' before text that would be taken for a formula",
  },
  output: {
    flags: '-o, --output <file>',
    description: 'where HAR, CSV, TSV or a diagram go instead of standard output',
  },
  force: { flags: '--force', description: 'overwrite files that exist' },
  decode: DECODE_OPTION,
  jobs: {
    ...SHARING_OPTIONS.jobs,
    description:
      'threads that share the connections of one file, with --har or a table and without --stream; auto is one',
  },
  ...FILTER_OPTIONS,
  ...FINDINGS_OPTIONS,
  ...without(READING_OPTIONS, 'json', 'maxPayload', 'color'),
};
