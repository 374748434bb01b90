import { sanitize } from '../../../output/sanitize.js';
import type { App } from '../app.js';
import { button, h } from '../dom.js';
import { messagesOf, type Connection, type Gap, type Row } from '../data/model.js';
import { outcomeOf } from '../data/outcome.js';
import { clockOf, kindOf, nameOf, shownContent } from './row-text.js';
import { duration, t } from '../words/words.js';

/** Messages that are shown at a time. */
const PIECE = 200;
/** Connections that can be chosen here; the list above has all. */
const MOST_OFFERED = 1000;
/** Characters of a message. */
const LONGEST = 2000;

/** What was said on one connection: the client left, the server right, answers joined to what they answer. */
export class ConversationView {
  readonly element = h('div', { class: 'conversation', attributes: { 'aria-live': 'off' } });
  readonly #app: App;
  #shown: Connection | undefined;
  #first = 0;

  constructor(app: App) {
    this.#app = app;
    app.listen((what) => {
      if (what === 'view' || what === 'rows') this.draw();
      else if (what === 'selection') this.#mark();
    });
  }

  /** Shows the chosen connection, from its end; or around the selected message. */
  draw(): void {
    if (this.#app.view !== 'conversation') return;
    const connection = this.#connection();
    if (connection === undefined) {
      this.element.replaceChildren(h('p', {}, t('nothingFound')));
      return;
    }
    if (connection !== this.#shown) this.#first = Math.max(0, connection.rows.length - PIECE);
    this.#shown = connection;
    this.#drawPiece(connection);
    const log = this.element.querySelector('.log');
    if (log !== null) log.scrollTop = log.scrollHeight;
    this.#mark();
  }

  focus(): void {
    this.element.querySelector<HTMLElement>('.log')?.focus({ preventScroll: true });
  }

  #connection(): Connection | undefined {
    const { connection, selected, model } = this.#app;
    return (
      connection ??
      selected?.connection ??
      model.connections.find(({ rows }) => rows.length > 0) ??
      model.connections[0]
    );
  }

  #drawPiece(connection: Connection): void {
    const { rows, gaps } = connection;
    const last = Math.min(this.#first + PIECE, rows.length);
    const log = h('ol', { class: 'log', tabIndex: 0, attributes: { 'aria-label': t('conversation') } });
    const holes = new Map<number, Gap[]>();
    for (const gap of gaps) holes.set(gap.line.row, [...(holes.get(gap.line.row) ?? []), gap]);
    const before = [...holes].filter(([row]) => row < (rows[this.#first]?.number ?? Number.POSITIVE_INFINITY));
    let pending = before.flatMap(([, list]) => list);
    if (this.#first > 0) pending = [];
    log.append(...pending.map(hole));
    const sorted = [...holes].sort(([a], [b]) => a - b);
    for (let index = this.#first; index < last; index++) {
      const row = rows[index]!;
      const next = rows[index + 1]?.number ?? Number.POSITIVE_INFINITY;
      log.append(this.#bubble(row));
      for (const [at, list] of sorted) if (at >= row.number && at < next) log.append(...list.map(hole));
    }
    if (last === rows.length) log.append(h('li', { class: 'remark' }, sanitize(outcomeOf(connection).text)));
    const left = messagesOf(connection) - rows.length;
    this.element.replaceChildren(
      this.#chooser(connection),
      left > 0 ? h('p', { class: 'problem' }, t('notHere', left)) : '',
      this.#first > 0 ? this.#pager(t('earlier'), -PIECE) : '',
      log,
      last < rows.length ? this.#pager(t('later'), PIECE) : '',
    );
  }

  #chooser(shown: Connection): HTMLElement {
    const { connections } = this.#app.model;
    const offered = connections.slice(0, MOST_OFFERED);
    const rest = connections.length - offered.length;
    if (!offered.includes(shown)) offered.push(shown);
    const select = h(
      'select',
      { on: { change: () => this.#app.show({ connection: connections[Number(select.value)] }) } },
      ...offered.map((connection) =>
        h(
          'option',
          { value: String(connection.number), selected: connection === shown },
          sanitize(`${connection.name}  ${connection.open.client ?? ''} ${connection.open.url ?? ''}`),
        ),
      ),
      rest > 0 && h('option', { disabled: true }, t('more', rest)),
    );
    return h('label', {}, `${t('chooseConnection')} `, select);
  }

  #pager(label: string, by: number): HTMLElement {
    return button(label, () => {
      const connection = this.#shown!;
      this.#first = Math.max(0, Math.min(this.#first + by, connection.rows.length - 1));
      this.#drawPiece(connection);
      this.#mark();
    });
  }

  #bubble(row: Row): HTMLElement {
    const name = [kindOf(row), nameOf(row)].filter((word) => word !== '').join(' ');
    const { call, answered } = row;
    const links: HTMLElement[] = [];
    if (call?.reply !== undefined)
      links.push(this.#link(t('callOf', call.reply.number, duration(call.record.seconds)), call.reply));
    else if (call !== undefined) links.push(h('span', { class: 'remark' }, t('callUnanswered', call.record.outcome)));
    if (answered?.row !== undefined) {
      links.push(this.#link(t('answerTo', answered.row.number, duration(answered.record.seconds)), answered.row));
    }
    return h(
      'li',
      {
        class: `bubble ${row.isFromClient ? 'from-client' : 'from-server'}`,
        attributes: { 'data-bubble': row.number },
      },
      h(
        'div',
        { class: 'bubble-head' },
        button(`#${row.number}`, () => this.#app.select(row, true)),
        ` ${t(row.isFromClient ? 'client' : 'server')} ${clockOf(row)} ${sanitize(name)}`,
      ),
      h('div', { class: 'bubble-text' }, shownContent(row, LONGEST, sanitizedLines)),
      ...links,
    );
  }

  #link(text: string, to: Row): HTMLElement {
    return button(text, () => {
      this.#app.select(to);
      this.#mark();
    });
  }

  /** Marks the selected message and brings it into sight. */
  #mark(): void {
    const { selected } = this.#app;
    for (const marked of this.element.querySelectorAll('.chosen')) marked.classList.remove('chosen');
    if (this.#app.view !== 'conversation' || selected === undefined || selected.connection !== this.#shown) return;
    const index = this.#shown.rows.indexOf(selected);
    if (index < this.#first || index >= this.#first + PIECE) {
      this.#first = Math.max(0, index - PIECE / 2);
      this.#drawPiece(this.#shown);
    }
    const bubble = this.element.querySelector(`[data-bubble="${selected.number}"]`);
    bubble?.classList.add('chosen');
    bubble?.scrollIntoView({ block: 'nearest' });
  }
}

function sanitizedLines(text: string): string {
  return text.split('\n').map(sanitize).join('\n');
}

function hole({ line }: Gap): HTMLElement {
  const size = line.length === undefined ? t('unknownSize') : t('missingBytes', line.length);
  const way = t(line.direction === 'client-to-server' ? 'clientToServer' : 'serverToClient');
  return h('li', { class: 'bubble-hole' }, `${t('hole')}: ${size}, ${way}`);
}
