import { needsEscape } from '../../../output/sanitize.js';
import type { App } from '../app.js';
import { h } from '../dom.js';
import type { Row } from '../data/model.js';
import { COLUMNS, type Column } from './columns.js';
import { heightOf, rowsInSight, scrolledTo, seenRows, topOf, type RowWindow } from './row-window.js';
import { categoryOf } from './row-text.js';
import { t } from '../words/words.js';

const NARROWEST = 28;

/** What the table keeps while the page is built anew, in another language. */
export interface TableLayout {
  readonly widths: Map<string, number>;
  readonly hidden: Set<string>;
}

/** The table of messages: only the rows that are seen exist. */
export class MessageTable {
  readonly element: HTMLElement;
  /** How often rows were drawn. */
  draws = 0;
  readonly #app: App;
  readonly #layout: TableLayout;
  readonly #grid: HTMLElement;
  readonly #head: HTMLElement;
  readonly #spacer: HTMLElement;
  readonly #body: HTMLElement;
  /** The rows that are drawn, by what they show. */
  #drawn: ReadonlyMap<string, HTMLElement> = new Map();
  #isWaiting = false;

  constructor(app: App, layout: TableLayout) {
    this.#app = app;
    this.#layout = layout;
    this.#head = h('div', { class: 'row head', role: 'row', attributes: { 'aria-rowindex': 1 } });
    this.#body = h('div', { class: 'rows', role: 'rowgroup' });
    this.#spacer = h('div', { class: 'spacer', role: 'presentation' }, this.#body);
    this.#grid = h(
      'div',
      {
        class: 'grid',
        role: 'grid',
        tabIndex: 0,
        attributes: { 'aria-label': t('messages') },
        on: {
          scroll: () => this.#later(),
          keydown: (event) => this.#key(event),
          click: (event) => this.#click(event),
          dblclick: (event) => this.#click(event),
        },
      },
      h('div', { role: 'rowgroup', class: 'head-group' }, this.#head),
      this.#spacer,
    );
    this.element = h('div', { class: 'table' }, this.#columnMenu(), this.#grid);
    this.#drawHead();
    app.listen((what) => {
      if (what === 'rows') {
        this.#drawHead();
        this.#grid.scrollTop = 0;
        this.draw();
      } else if (what === 'selection') this.#showSelected();
    });
  }

  /** Draws the rows that are seen. */
  draw(): void {
    this.draws++;
    const { rows, selected } = this.#app;
    const window = this.#window;
    const { first, count } = seenRows(window);
    this.#spacer.style.height = `${heightOf(window)}px`;
    this.#grid.setAttribute('aria-rowcount', String(rows.length + 1));
    this.#body.style.transform = `translateY(${topOf(window, first)}px)`;
    const columns = this.#columns();
    const look = JSON.stringify([columns.map(({ name }) => name), this.#app.filter]);
    const drawn = new Map<string, HTMLElement>();
    for (let index = first; index < Math.min(first + count, rows.length); index++) {
      const row = rows[index]!;
      const key = `${row.number} ${index} ${row === selected} ${look}`;
      drawn.set(key, this.#drawn.get(key) ?? this.#row(row, index, columns, selected));
    }
    this.#drawn = drawn;
    replaceOthers(this.#body, [...drawn.values()]);
    if (selected !== undefined) this.#grid.setAttribute('aria-activedescendant', `row-${selected.number}`);
  }

  /** Draws some rows from the first on, for paper. */
  drawForPrint(most: number): number {
    const { rows, selected } = this.#app;
    const columns = this.#columns();
    const { first } = seenRows(this.#window);
    const from = Math.max(0, Math.min(first, rows.length - most));
    this.#body.replaceChildren(
      ...rows.slice(from, from + most).map((row, index) => this.#row(row, from + index, columns, selected)),
    );
    return from;
  }

  focus(): void {
    this.#grid.focus({ preventScroll: true });
  }

  #columns(): readonly Column[] {
    return COLUMNS.filter(({ name }) => !this.#layout.hidden.has(name));
  }

  #row(row: Row, index: number, columns: readonly Column[], selected: Row | undefined): HTMLElement {
    const wanted = this.#app.filter.trim();
    return h(
      'div',
      {
        id: `row-${row.number}`,
        class: `row ${categoryOf(row)}${(row.record.findings ?? []).some(({ severity }) => severity === 'error') ? ' wrong' : ''}`,
        role: 'row',
        attributes: { 'aria-rowindex': index + 2, 'aria-selected': row === selected, 'data-row': row.number },
      },
      ...columns.map((column) => {
        const text = column.text(row);
        const title =
          column.name === 'direction' ? t(row.isFromClient ? 'clientToServer' : 'serverToClient') : undefined;
        return h(
          'span',
          {
            class: column.isNumber === true ? 'cell number' : 'cell',
            role: 'gridcell',
            attributes: { title, 'aria-label': title },
          },
          ...(column.isNumber === true || wanted === '' ? [text] : highlighted(text, wanted)),
        );
      }),
    );
  }

  #drawHead(): void {
    const columns = this.#columns();
    const { order } = this.#app;
    const widths = columns.map(({ name, width }) => `${this.#layout.widths.get(name) ?? width}px`);
    this.#grid.style.setProperty('--columns', widths.join(' '));
    this.#head.replaceChildren(
      ...columns.map((column) => {
        const isSorted = order?.column === column.name;
        const sort = !isSorted ? 'none' : order.isDescending ? 'descending' : 'ascending';
        const mark = !isSorted ? '' : order.isDescending ? ' ▼' : ' ▲';
        return h(
          'span',
          { class: 'cell', role: 'columnheader', attributes: { 'aria-sort': sort } },
          h(
            'button',
            {
              type: 'button',
              title: column.name === 'delta' ? t('deltaTitle') : '',
              on: { click: () => this.#sort(column.name) },
            },
            t(column.name) + mark,
          ),
          this.#handle(column),
        );
      }),
    );
  }

  /** What a column is made wider or narrower with. */
  #handle({ name, width }: Column): HTMLElement {
    const { widths } = this.#layout;
    const handle = h('span', { class: 'handle', attributes: { 'aria-hidden': true } });
    handle.addEventListener('pointerdown', (down) => {
      down.preventDefault();
      handle.setPointerCapture(down.pointerId);
      const before = widths.get(name) ?? width;
      const move = (event: PointerEvent): void => {
        widths.set(name, Math.max(NARROWEST, before + event.clientX - down.clientX));
        const all = this.#columns().map((column) => `${widths.get(column.name) ?? column.width}px`);
        this.#grid.style.setProperty('--columns', all.join(' '));
      };
      handle.addEventListener('pointermove', move);
      handle.addEventListener('pointerup', () => handle.removeEventListener('pointermove', move), { once: true });
    });
    return handle;
  }

  #columnMenu(): HTMLElement {
    const { hidden } = this.#layout;
    const choices = COLUMNS.map(({ name }) =>
      h(
        'label',
        {},
        h('input', {
          type: 'checkbox',
          checked: !hidden.has(name),
          on: {
            change: () => {
              if (!hidden.delete(name)) hidden.add(name);
              this.#drawHead();
              this.draw();
            },
          },
        }),
        ` ${t(name)}`,
      ),
    );
    return h('details', { class: 'menu' }, h('summary', {}, t('columns')), h('div', { class: 'choices' }, ...choices));
  }

  #sort(name: string): void {
    const { order } = this.#app;
    const next =
      order?.column !== name
        ? { column: name, isDescending: false }
        : order.isDescending
          ? undefined
          : { column: name, isDescending: true };
    this.#app.show({ order: next });
  }

  #later(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => {
      this.#isWaiting = false;
      this.draw();
    });
  }

  /** What is seen of the rows. */
  get #window(): RowWindow {
    const { clientHeight, scrollTop } = this.#grid;
    return { rows: this.#app.rows.length, height: clientHeight, scrollTop };
  }

  #showSelected(): void {
    const { selected, rows } = this.#app;
    const index = selected === undefined ? -1 : rows.indexOf(selected);
    if (index >= 0) this.#grid.scrollTop = scrolledTo(this.#window, index);
    this.draw();
  }

  #click(event: MouseEvent): void {
    const number = (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset['row'];
    if (number !== undefined) this.#app.select(this.#app.model.rows[Number(number) - 1], true);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const app = this.#app;
    const page = rowsInSight(this.#window);
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: () => app.move(1),
      ArrowUp: () => app.move(-1),
      PageDown: () => app.move(page),
      PageUp: () => app.move(-page),
      Home: () => app.select(app.rows[0]),
      End: () => app.select(app.rows.at(-1)),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }
}

/** Makes elements the children of another one. Those that stay are left where they are: a click may have begun on one. */
function replaceOthers(parent: HTMLElement, children: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  for (const [index, child] of children.entries()) {
    const there = parent.children[index];
    if (there !== child) parent.insertBefore(child, there ?? null);
  }
}

/** Text with what was looked for marked. */
function highlighted(text: string, wanted: string): (string | HTMLElement)[] {
  const parts: (string | HTMLElement)[] = [];
  const low = text.toLowerCase();
  // Where a letter has another length in lower case, places would not fit.
  const found = low.length === text.length && !needsEscape(wanted) ? wanted.toLowerCase() : '';
  let from = 0;
  for (let at = found === '' ? -1 : low.indexOf(found); at >= 0; at = low.indexOf(found, from)) {
    parts.push(text.slice(from, at), h('mark', {}, text.slice(at, at + found.length)));
    from = at + found.length;
  }
  parts.push(text.slice(from));
  return parts;
}
