import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, sourceFiles, SRC } from './support/source-imports.js';

/** The way of the data: what stands later may import what stands earlier, and not the other way round. */
const ORDER = [
  ['common'],
  ['capture'],
  ['link'],
  ['ip'],
  ['tcp'],
  ['tls'],
  ['http', 'http2'],
  ['websocket'],
  ['message', 'subprotocol'],
  ['events.ts'],
  ['conversation.ts'],
  ['pipeline.ts'],
  ['dissect.ts', 'frame-reader.ts'],
  ['consumer.ts'],
  ['output'],
  ['check', 'explain', 'encode', 'export'],
  ['cli'],
  ['index.ts'],
];

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

  it('uses pcap-parser in one file', () => {
    const users = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes("from 'pcap-parser'"));
    expect(users).toEqual(['capture/pcap.ts']);
  });

  it('touches files and sockets in the command only', () => {
    const users = files.filter((file) =>
      /from 'node:(?:fs|net|child_process|tls|http)/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(users.map(placeOf).filter((place) => !['cli', 'check', 'export', 'encode'].includes(place))).toEqual([]);
  });
});
