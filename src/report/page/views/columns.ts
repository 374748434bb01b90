import { sanitize } from '../../../output/sanitize.js';
import type { Row } from '../data/model.js';
import type { Word } from '../words/english.js';
import { clockOf, kindOf, lineOf, nameOf, shownSize, sizeOf } from './row-text.js';

/** A column of the table of messages. */
export interface Column {
  readonly name: Word;
  readonly width: number;
  readonly isNumber?: boolean;
  readonly text: (row: Row) => string;
  readonly order: (row: Row) => number | string;
}

/** The columns of the table. */
export const COLUMNS: readonly Column[] = [
  { name: 'number', width: 64, isNumber: true, text: (row) => String(row.number), order: (row) => row.number },
  { name: 'time', width: 150, isNumber: true, text: clockOf, order: (row) => row.at ?? row.number },
  {
    ...{ name: 'delta', width: 90, isNumber: true, text: (row) => row.delta?.toFixed(6) ?? '' },
    order: (row) => row.delta ?? Number.NEGATIVE_INFINITY,
  },
  {
    name: 'direction',
    width: 32,
    text: (row) => (row.isFromClient ? '→' : '←'),
    order: (row) => (row.isFromClient ? 0 : 1),
  },
  { name: 'kind', width: 90, text: kindOf, order: kindOf },
  { name: 'name', width: 130, text: (row) => sanitize(nameOf(row)), order: nameOf },
  { name: 'size', width: 80, isNumber: true, text: (row) => shownSize(row).toLocaleString(), order: sizeOf },
  { name: 'text', width: 900, text: lineOf, order: lineOf },
];

/** How messages are ordered by a column. */
export function compareBy(name: string): (a: Row, b: Row) => number {
  const { order } = COLUMNS.find((column) => column.name === name)!;
  return (a, b) => {
    const [left, right] = [order(a), order(b)];
    return left < right ? -1 : left > right ? 1 : a.number - b.number;
  };
}
