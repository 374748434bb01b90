import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, loadedFrom, sourceFiles, SRC } from './support/source-imports.js';

/** The way of the data: what stands later may import what stands earlier, and not the other way round. */
const ORDER = [
  ['common'],
  ['capture'],
  ['link'],
  ['ip'],
  ['tcp'],
  ['tls'],
  ['http'],
  ['http2'],
  ['websocket'],
  ['message'],
  ['subprotocol'],
  ['events.ts'],
  ['frame-events.ts'],
  ['conversation-half.ts'],
  ['conversation.ts'],
  ['http2-conversations.ts'],
  ['recorded-conversations.ts'],
  ['pipeline.ts'],
  ['recorded-sockets.ts'],
  ['dissection'],
  ['dissect.ts', 'frame-reader.ts'],
  ['consumer.ts'],
  ['output'],
  ['filter'],
  ['check', 'explain', 'encode', 'export', 'stats', 'split'],
  ['report', 'redact'],
  ['diff', 'matchers'],
  ['parallel'],
  ['cli'],
  ['index.ts', 'browser.ts'],
];

/** What a page uses too: the record of an event, captured text made safe, an explanation. */
const IN_A_BROWSER = [
  'output/records/record-fields.ts',
  'output/sanitize.ts',
  'explain/text-explanation.ts',
  'output/text/hex-dump.ts',
  'output/nothing-found.ts',
  'filter/compile-filter.ts',
];

/** As many files of a folder are seen at a glance. */
const MOST_SIDE_BY_SIDE = 20;

/** A module of Node, however it is loaded. */
const NODE = /'node:[\w/]+'/;

const files = sourceFiles();
const placeOf = (file: string): string => file.split('/')[0]!;
const rankOf = (file: string): number => ORDER.findIndex((names) => names.includes(placeOf(file)));

describe('src/', () => {
  it('has no place that is not in the order', () => {
    expect(files.filter((file) => rankOf(file) < 0)).toEqual([]);
  });

  it('imports in one direction only', () => {
    const backwards = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => placeOf(target) !== placeOf(file) && rankOf(target) >= rankOf(file))
        .map((target) => `${file} imports ${target}`),
    );
    expect(backwards).toEqual([]);
  });

  it('has no circle of imports, of types and of what is loaded later included', () => {
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (file: string, path: string[]): void => {
      if (state.get(file) === 'done' || !files.includes(file)) return;
      if (state.get(file) === 'open') {
        circles.push([...path, file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const target of importsOf(file)) visit(target, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('has no folder in which more than twenty files stand side by side', () => {
    const counts = new Map<string, number>();
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > MOST_SIDE_BY_SIDE)).toEqual([]);
  });

  it('uses pcap-parser in one file', () => {
    const users = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes("from 'pcap-parser'"));
    expect(users).toEqual(['capture/pcap/pcap.ts']);
  });

  it('touches files in the command, in what writes them, and where the library is given a path', () => {
    const users = files.filter((file) =>
      /from 'node:(?:fs|net|child_process|tls|http)|node\/fs\.js'/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    const others = users.filter((file) => !['cli', 'check', 'export', 'encode'].includes(placeOf(file)));
    expect(others).toEqual(expect.arrayContaining(['capture/capture-source.ts', 'common/node/fs.ts']));
    expect(others).toHaveLength(2);
  });

  it('reaches node: through one folder, except in the command and where files are written', () => {
    const users = files.filter((file) => NODE.test(readFileSync(join(SRC, file), 'utf8')));
    const others = users.filter((file) => !['cli/', 'common/node/'].some((folder) => file.startsWith(folder)));
    // The types of pcap-parser speak of Node's streams; a spool is a file.
    expect(others.sort()).toEqual(['capture/pcap/pcap-parser.d.ts', 'export/spool.ts']);
  });

  it.each(IN_A_BROWSER)('%s imports nothing of node:, as it runs in a browser too', (entry) => {
    const loaded = loadedFrom(entry);
    expect(loaded.filter((file) => NODE.test(readFileSync(join(SRC, file), 'utf8')))).toEqual([]);
  });
});
