import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParquetTable } from '../../src/export/parquet-table.js';
import { SeparatedValues } from '../../src/export/separated-values.js';
import type { Cell, TableColumn } from '../../src/export/record-table.js';
import { run } from '../cli/fake-io.js';
import { fixture } from './har.js';

type Row = Record<string, unknown>;

const CAPTURES = [
  'send-both.pcap',
  'browser.pcap',
  'loss-deflate.pcap',
  'terminal-attack.pcap',
  'socketio-websocket.pcap',
  'frames-fragments.pcap',
  'violations/invalid-utf8.pcap',
  'close-reason.pcap',
].map((name) => fixture(name).pathname);
const COMMANDS = { frame: 'frames', message: 'messages', connection: 'connections', call: 'calls' } as const;
const types = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];

let folder: string;
let duckdb: DuckDBConnection;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-'));
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => {
  duckdb.closeSync();
  rmSync(folder, { recursive: true });
});

const query = async (sql: string): Promise<Row[]> => (await duckdb.runAndReadAll(sql)).getRowObjectsJson();

/** What `--json` prints, flattened as columns are: the other way to the same values. */
async function records(type: keyof typeof COMMANDS, captures: readonly string[]): Promise<Row[]> {
  const decode = type === 'frame' || type === 'connection' ? [] : ['--decode', 'auto'];
  const { stdout } = await run([COMMANDS[type], '--json', '-q', ...decode, ...captures]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const record = JSON.parse(line) as Row;
      delete record['type'];
      return flat(record, '');
    });
}

const TEXTS = /(?:^|\.)(?:id|value|items|gaps|findings)$/;

function flat(record: Row, outer: string): Row {
  const entries = Object.entries(record).flatMap(([name, value]): [string, unknown][] => {
    const path = `${outer}${name}`;
    const isText = typeof value === 'string' && !path.endsWith('.value');
    if (TEXTS.test(path) && path !== 'items') return [[path, isText ? value : JSON.stringify(value)]];
    if (typeof value === 'object' && value !== null) return Object.entries(flat(value as Row, `${path}.`));
    return [[path, value]];
  });
  return Object.fromEntries(entries);
}

/** A row as DuckDB gives it, with 64-bit numbers and times as records write them, and without what it does not have. */
function plain(row: Row, numbers: ReadonlySet<string>): Row {
  const present = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(
    present.map(([name, value]) => {
      if (/(?:^t|T)ime$/.test(name))
        return [
          name,
          Date.parse(
            String(value)
              .replace(' ', 'T')
              .replace(/[+-]\d\d$/, '$&:00'),
          ),
        ];
      if (name.endsWith('.value') || name.endsWith('.items')) return [name, JSON.stringify(JSON.parse(String(value)))];
      return [name, numbers.has(name) ? Number(value) : value];
    }),
  );
}

const withTimes = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, /(?:^t|T)ime$/.test(name) ? Date.parse(String(value)) : value]),
  );

describe('export --parquet, read by DuckDB', () => {
  it.each(types)('has what --json prints of each %s', async (type) => {
    const file = join(folder, `${type}.parquet`);
    const { code } = await run(['export', '-q', '--parquet', file, '--type', type, ...CAPTURES]);
    expect(code).toBe(0);
    const columns = await query(`describe select * from '${file}'`);
    const numbers = new Set(
      columns
        .filter(({ column_type: of }) => of === 'BIGINT' || of === 'DOUBLE')
        .map(({ column_name: name }) => String(name)),
    );
    expect(columns.filter(({ column_type: of }) => String(of).startsWith('TIMESTAMP')).length).toBeGreaterThan(0);
    const rows = await query(`select * from '${file}'`);
    const expected = await records(type, CAPTURES);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map((row) => plain(row, numbers))).toEqual(expected.map(withTimes));
  });

  it('keeps the nanoseconds of a capture', async () => {
    const file = join(folder, 'nanoseconds.parquet');
    await run(['export', '-q', '--parquet', file, '--fields', 'time', fixture('send-nanosecond.pcap').pathname]);
    const [record] = await records('message', [fixture('send-nanosecond.pcap').pathname]);
    const [row] = (await parquetReadObjects({
      file: await asyncBufferFromFile(file),
      parsers: { timestampFromNanoseconds: String },
    })) as Row[];
    const time = String(record!['time']);
    expect(time).toMatch(/\.\d{9}Z$/);
    expect(row!['time']).toBe(`${Date.parse(time.replace(/\.\d+/, '')) / 1000}${time.slice(-10, -1)}`);
  });

  it('is written a row group at a time', async () => {
    const columns: TableColumn[] = [
      { name: 'n', kind: 'integer', meaning: '' },
      { name: 'text', kind: 'text', meaning: '' },
      { name: 'time', kind: 'time', meaning: '' },
    ];
    const table = new ParquetTable(columns, 'test');
    const pieces: Uint8Array[] = [];
    for (let n = 0; n < 150_000; n++) {
      const bytes = table.row([n === 7 ? '9007199254740993' : n, `row ${n}`, '+012345-01-01T00:00:00.000000Z']);
      if (bytes !== undefined) pieces.push(bytes);
    }
    expect(pieces).toHaveLength(2);
    const file = join(folder, 'groups.parquet');
    writeFileSync(file, Buffer.concat([...pieces, table.end()]));
    const [sum] = await query(`select count(*) as rows, max(n) as most, count(time) as times from '${file}'`);
    expect(sum).toEqual({ rows: '150000', most: '9007199254740993', times: '0' });
    expect(table.leftOut).toBe(150_000);
  });
});

describe('export --csv and --tsv', () => {
  it.each(types)('--csv has what --json prints of each %s, as DuckDB reads it', async (type) => {
    const file = join(folder, `${type}.csv`);
    await run(['export', '-q', '--csv', '-o', file, '--type', type, ...CAPTURES]);
    const rows = await query(
      `select * from read_csv('${file}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n', allow_quoted_nulls = false, strict_mode = true)`,
    );
    const expected = await records(type, CAPTURES);
    const texts = (row: Row): Row =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, normal(name, String(value))]));
    const present = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
    expect(rows.map((row) => texts(present(row)))).toEqual(expected.map(texts));
  });

  it('takes the columns that it is given, in their order', async () => {
    const { stdout } = await run(['export', '-q', '--csv', '--fields', 'text,stream', fixture('send.pcap').pathname]);
    expect(stdout).toBe('text,stream\nma2saka,0\n');
  });

  it.each([
    [['--fields', 'text,strem'], '--fields: a message has no field "strem": did you mean stream?'],
    [['--fields', 'x', '--type', 'call'], '--fields: a call has no field "x": one of type, file, stream'],
    [['--fields', ',text'], 'names with commas'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await run(['export', '--csv', ...options, fixture('send.pcap').pathname]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('writes numbers as they were sent, beyond those that JavaScript holds', async () => {
    const { stdout: frame } = await run([
      'encode',
      '--mask=00000000',
      '{"jsonrpc":"2.0","id":1,"method":"m","params":[9007199254740993]}',
    ]);
    const { stdout } = await run(['export', '-q', '--tsv', '--decode', 'json-rpc', '--fields', 'decoded.value', '-'], {
      stdin: [frame],
    });
    expect(stdout).toBe('decoded.value\n[9007199254740993]\n');
  });

  const TEXT: TableColumn[] = [
    { name: 'a', kind: 'text', meaning: '' },
    { name: 'b', kind: 'integer', meaning: '' },
  ];
  const row = (options: Partial<ConstructorParameters<typeof SeparatedValues>[1]>, ...cells: Cell[]): string =>
    new SeparatedValues(TEXT, { form: 'csv', isForSpreadsheet: false, isForTerminal: false, ...options }).row(cells);

  it.each([
    ['plain', 'plain'],
    ['', '""'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['\r', '"\r"'],
    [' space', '" space"'],
    ['=1+1', '=1+1'],
    ['日本', '日本'],
  ])('--csv writes %j as %j', (text, written) => {
    expect(row({}, text, -5)).toBe(`${written},-5\n`);
    expect(row({}, undefined, undefined)).toBe(',\n');
  });

  it.each(['=cmd|x', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1'])('--excel makes no formula of %j', (text) => {
    expect(row({ isForSpreadsheet: true }, text, -5)).toMatch(/^"?'/);
    expect(row({ isForSpreadsheet: true }, text, -5)).toMatch(/,-5\r\n$/);
  });

  it('--excel says that it is UTF-8', () => {
    const options = { form: 'csv', isForSpreadsheet: true, isForTerminal: false } as const;
    expect(new SeparatedValues(TEXT, options).heading()).toBe('\ufeffa,b\r\n');
  });

  it('--tsv keeps a row in one line', () => {
    expect(row({ form: 'tsv' }, 'a\tb\nc\\d\r"', 1)).toBe('a\\tb\\nc\\\\d\\r"\t1\n');
  });

  it('makes text safe where a terminal shows it, and nowhere else', async () => {
    const attack = fixture('terminal-attack.pcap').pathname;
    const shown = await run(['export', '-q', '--csv', attack], { terminals: ['stdout'] });
    expect(shown.stdout).not.toContain('\u001b');
    expect((await run(['export', '-q', '--csv', attack])).stdout).toContain('\u001b');
  });

  it.each([
    [['--csv', '--tsv'], 'take one of --har'],
    [['--har', '--fields', 'text'], '--fields goes with --csv, --tsv and --parquet'],
    [['--payloads', 'x', '--type', 'frame'], '--type goes with'],
    [['--parquet', 'x', '--excel'], '--excel goes with --csv and --tsv'],
    [['--parquet', 'x', '-o', 'y'], '--output goes with --har, --csv, --tsv, --mermaid and --plantuml'],
  ])('refuses %j together', async (options, message) => {
    const { code, stderr } = await run(['export', ...options, fixture('send.pcap').pathname]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('ends what was begun where an input cannot be read, and says so', async () => {
    const file = join(folder, 'begun.csv');
    const { code } = await run(['export', '-q', '--csv', '-o', file, 'missing.pcap', fixture('send.pcap').pathname]);
    expect(code).toBe(2);
    expect(readFileSync(file, 'utf8')).toContain('ma2saka');
  });
});

function normal(name: string, text: string): string {
  return /\.(?:value|items)$/.test(name) ? JSON.stringify(JSON.parse(text)) : text;
}
