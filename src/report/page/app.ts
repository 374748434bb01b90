import type { Connection, Model, Row } from './data/model.js';
import type { MessageFilter } from './filter-code.js';
import { searchedOf } from './views/row-text.js';

/** How messages are ordered. */
export interface Order {
  readonly column: string;
  readonly isDescending: boolean;
}

/** An expression that chooses messages. */
export interface Where {
  readonly text: string;
  readonly test: MessageFilter;
  /** What a reader should know of its answer. */
  readonly remark?: string;
}

/** What the page shows of its model, and who is to know when that changes. */
export class App {
  readonly model: Model;
  /** The messages that pass the filters, in their order. */
  rows: readonly Row[];
  /** What messages are chosen by: a text that is in them, or an expression that is true of them. */
  filterBy: 'text' | 'where' = 'text';
  filter = '';
  where: Where | undefined;
  connection: Connection | undefined;
  range: readonly [from: number, to: number] | undefined;
  order: Order | undefined;
  selected: Row | undefined;
  isDetailOpen = false;
  view: 'table' | 'conversation' = 'table';
  readonly #listeners: ((what: Change) => void)[] = [];
  readonly #searched = new WeakMap<Row, string>();
  readonly #compare: (column: string) => (a: Row, b: Row) => number;

  /** @param compare - how messages are ordered by a column */
  constructor(model: Model, compare: (column: string) => (a: Row, b: Row) => number) {
    this.model = model;
    this.rows = model.rows;
    this.#compare = compare;
  }

  /** Calls a function after each change. */
  listen(listener: (what: Change) => void): void {
    this.#listeners.push(listener);
  }

  /** Forgets who is to know: the page is built anew. */
  forgetListeners(): void {
    this.#listeners.length = 0;
  }

  /** Changes which messages are shown, or how they are ordered. */
  show(change: Partial<Pick<App, 'filter' | 'where' | 'connection' | 'range' | 'order'>>): void {
    Object.assign(this, change);
    const wanted = this.filter.trim().toLowerCase();
    const { connection, range, where } = this;
    const from = connection === undefined ? this.model.rows : connection.rows;
    let rows = from.filter(
      (row) =>
        (range === undefined || (row.at !== undefined && row.at >= range[0] && row.at <= range[1])) &&
        (wanted === '' || this.#searchedOf(row).includes(wanted)) &&
        (where === undefined || where.test(row.record)),
    );
    if (this.order !== undefined) {
      const compare = this.#compare(this.order.column);
      rows = rows.sort(this.order.isDescending ? (a, b) => compare(b, a) : compare);
    }
    this.rows = rows;
    this.#tell('rows');
  }

  /** Selects a message; one that the filters hide is shown by taking them away. */
  select(row: Row | undefined, isOpen = this.isDetailOpen): void {
    if (row !== undefined && this.#isHidden(row))
      this.show({ filter: '', where: undefined, connection: undefined, range: undefined });
    this.selected = row;
    this.isDetailOpen = isOpen && row !== undefined;
    this.#tell('selection');
  }

  /** Selects the message that is so many places further. */
  move(places: number): void {
    const { rows, selected } = this;
    if (rows.length === 0) return;
    const at = selected === undefined ? -1 : rows.indexOf(selected);
    const next = at < 0 ? (places > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + places, 0), rows.length - 1);
    this.select(rows[next]);
  }

  /** Shows the table or a conversation. */
  setView(view: App['view'], connection = this.connection): void {
    this.view = view;
    if (connection !== this.connection) this.show({ connection });
    this.#tell('view');
  }

  /** The time lines are to show this. */
  focus(from: number, to: number, connection: Connection): void {
    for (const listener of this.#listeners) listener({ from, to, connection });
  }

  #isHidden(row: Row): boolean {
    return !this.rows.includes(row);
  }

  #searchedOf(row: Row): string {
    let searched = this.#searched.get(row);
    if (searched === undefined) this.#searched.set(row, (searched = searchedOf(row)));
    return searched;
  }

  #tell(what: Change): void {
    for (const listener of this.#listeners) listener(what);
  }
}

/** What changed: which messages are shown, which one is selected, the view; or the time lines are to show a place. */
export type Change =
  'rows' | 'selection' | 'view' | { readonly from: number; readonly to: number; readonly connection: Connection };
