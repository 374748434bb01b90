import { sanitize } from '../../../output/sanitize.js';
import type { App } from '../app.js';
import { button, h, table } from '../dom.js';
import { messagesOf, type Call, type Connection, type Gap, type ShownFinding } from '../data/model.js';
import { outcomeOf } from '../data/outcome.js';
import type { Word } from '../words/english.js';
import { duration, t } from '../words/words.js';

/** Rows of a list that are made at a time. */
const PIECE = 100;
/** Time lines show so much around a place, in parts of all. */
const AROUND = 0.02;

/** A list of things in a table of its own, piece by piece. */
function list<Item>(
  id: string,
  title: string,
  head: readonly string[],
  items: readonly Item[],
  row: (item: Item) => HTMLTableRowElement,
): HTMLElement {
  const shown = table(title, head, items.slice(0, PIECE).map(row));
  const body = shown.tBodies[0]!;
  const content = h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', attributes: { 'aria-label': title } },
    shown,
  );
  if (items.length > PIECE) {
    const more = button(t('more', items.length - PIECE), () => {
      const made = body.rows.length;
      body.append(...items.slice(made, made + PIECE * 10).map(row));
      const rest = items.length - body.rows.length;
      if (rest > 0) more.textContent = t('more', rest);
      else more.remove();
    });
    content.append(more);
  }
  return h(
    'details',
    { id, class: 'list', open: true },
    h('summary', {}, h('h2', {}, `${title} (${items.length.toLocaleString()})`)),
    items.length === 0 ? h('p', {}, t('none')) : content,
  );
}

function cell(...text: readonly (string | Node | undefined)[]): HTMLTableCellElement {
  return h('td', {}, ...text.map((one) => (typeof one === 'string' ? sanitize(one) : one)));
}

/** A time in one line. */
function timeCell(time: string | undefined): HTMLTableCellElement {
  return h('td', { class: 'time' }, time);
}

/** Connections, those that failed first. A click shows what was said on one. */
export function connectionList(app: App): HTMLElement {
  const { connections } = app.model;
  const rank = (connection: Connection): number =>
    outcomeOf(connection).isFailure ? 0 : connection.errors > 0 ? 1 : 2;
  const sorted = [...connections].sort((a, b) => rank(a) - rank(b) || a.number - b.number);
  const heads = [
    t('connection'),
    t('howEnded'),
    t('url'),
    t('messages'),
    t('duration'),
    t('findings'),
    t('client'),
    t('server'),
  ];
  return list('connections', t('connections'), heads, sorted, (connection) => {
    const { open, record, rows, name, errors } = connection;
    const { text, isFailure } = outcomeOf(connection);
    const handshake =
      record?.handshake === 'incomplete'
        ? t('incomplete')
        : record?.handshake === 'not-captured'
          ? t('notCaptured')
          : '';
    const mark = isFailure ? h('b', { class: 'failed' }, t('failedMark'), ' ') : undefined;
    return h(
      'tr',
      { class: isFailure ? 'error' : '' },
      cell(
        button(name, () => app.setView('conversation', connection), { 'data-connection': String(connection.number) }),
      ),
      cell(mark, sanitize(text)),
      cell(record?.url ?? open.url ?? handshake),
      cell(
        rows.length < messagesOf(connection)
          ? t('shownOf', rows.length, messagesOf(connection))
          : rows.length.toLocaleString(),
      ),
      timeCell(duration(record?.duration)),
      cell(errors === 0 ? '' : t('errors', errors)),
      cell(open.client),
      cell(open.server),
    );
  });
}

/** Bytes that were not captured. A click shows the place. */
export function gapList(app: App): HTMLElement {
  return list(
    'gaps',
    t('lost'),
    [t('hole'), t('connection'), t('direction'), t('where'), t('time')],
    app.model.gaps,
    (gap) => {
      const { line, connection } = gap;
      const size = line.length === undefined ? t('unknownSize') : t('bytes', line.length);
      const where = line.before === undefined ? t('atBeginning', line.after) : t('between', line.before, line.after);
      return h(
        'tr',
        {},
        cell(button(size, () => showGap(app, gap))),
        cell(connection.name),
        cell(t(line.direction === 'client-to-server' ? 'clientToServer' : 'serverToClient')),
        cell(where),
        timeCell(line.time),
      );
    },
  );
}

function showGap(app: App, { connection, at, from, line }: Gap): void {
  app.show({ connection, filter: '', range: undefined });
  const row = app.model.rows.slice(Math.max(0, line.row - 1)).find((one) => one.connection === connection);
  if (at !== undefined) showTime(app, connection, from ?? at, at);
  if (row !== undefined) app.select(row, true);
}

function showTime(app: App, connection: Connection, from: number, to: number): void {
  const around = Math.max(to - from, app.model.last * AROUND, 0.001);
  app.focus(from - around, to + around, connection);
}

/** Calls, slowest first; before them those that nobody answered. A click opens the call. */
export function callList(app: App): HTMLElement {
  const calls = [...app.model.calls].sort((a, b) => waited(b) - waited(a));
  const heads = [t('name'), t('seconds'), t('outcome'), t('connection'), t('direction'), t('time')];
  return list('calls', t('slowest'), heads, calls, (call) => {
    const { record, connection, row, reply } = call;
    const label = sanitize(
      [record.name ?? record.protocol, record.id === undefined ? '' : `#${record.id}`].join(' ').trim(),
    );
    const to = row ?? reply;
    return h(
      'tr',
      { class: record.outcome === 'error' ? 'error' : '' },
      cell(to === undefined ? label : button(label, () => showCall(app, call))),
      timeCell(duration(record.seconds)),
      cell(record.outcome),
      cell(connection.name),
      cell(t(record.from === 'client' ? 'clientToServer' : 'serverToClient')),
      timeCell(record.time),
    );
  });
}

function waited({ record }: Call): number {
  return record.seconds ?? (record.outcome === 'unanswered' ? Number.POSITIVE_INFINITY : -1);
}

function showCall(app: App, { row, reply, at, replyAt, connection }: Call): void {
  app.select(row ?? reply, true);
  if (at !== undefined) showTime(app, connection, at, replyAt ?? at);
}

/** Findings, the worst first. */
export function findingList(app: App): HTMLElement {
  const order = ['error', 'warning', 'note'];
  const sorted = [...app.model.findings].sort(
    (a, b) => order.indexOf(a.found.severity) - order.indexOf(b.found.severity),
  );
  const heads = [t('severity'), t('rule'), t('section'), t('where'), t('finding')];
  return list('findings', t('findings'), heads, sorted, (finding) => findingRow(app, finding));
}

function findingRow(app: App, { found, connection, row }: ShownFinding): HTMLTableRowElement {
  const { severity, code, rfc, message, packet } = found;
  const words = [
    connection === undefined ? '' : t('ofConnection', connection.name),
    packet === undefined ? '' : t('packet', packet),
  ];
  const where = words.filter((word) => word !== '').join(', ');
  const to = row === undefined ? undefined : button(`${where} #${row.number}`, () => app.select(row, true));
  return h(
    'tr',
    { class: severity },
    cell(t(severity satisfies Word)),
    h('td', { class: 'mono' }, code),
    cell(rfc),
    cell(to ?? where),
    cell(message),
  );
}
