import { App } from './app.js';
import { checkView } from './check-view.js';
import { ConversationView } from './conversation-view.js';
import { detailOf } from './detail.js';
import { button, h } from './dom.js';
import { FilterBar } from './filter-bar.js';
import { callList, connectionList, findingList, gapList } from './lists.js';
import { compareBy, MessageTable, type TableLayout } from './message-table.js';
import { ModelReader, type Connection } from './model.js';
import { readLines } from './read-lines.js';
import { summaryView } from './summary.js';
import { TimeLines } from './timeline.js';
import { currentLanguage, setLanguage, t } from './words.js';
import { sanitize } from '../../output/sanitize.js';

/** Rows that are printed. */
const PRINTED = 500;

const root = document.getElementById('app')!;
const layout: TableLayout = { widths: new Map(), hidden: new Set() };

void start();

async function start(): Promise<void> {
  setLanguage(navigator.language.startsWith('ja') ? 'ja' : 'en');
  const reader = new ModelReader();
  try {
    await readLines(document.getElementById('records')!.textContent, (line) => reader.line(line));
  } catch {
    // What was read before is shown, and that it is not all: there is no summary.
  }
  const app = new App(reader.end(), compareBy);
  build(app);
  addEventListener('hashchange', () => followLink(app));
  addEventListener('keydown', (event) => onKey(app, event));
  followLink(app);
  root.setAttribute('aria-busy', 'false');
}

/** Builds the whole page, in the chosen language. */
function build(app: App): void {
  app.forgetListeners();
  const { model } = app;
  document.documentElement.lang = currentLanguage();
  document.title = `${model.inputs
    .map(({ name }) => sanitize(name))
    .join(', ')
    .slice(0, 100)} – wsdissect`;
  const table = new MessageTable(app, layout);
  const timeLines = new TimeLines(app);
  root.replaceChildren(
    header(app),
    h(
      'main',
      {},
      ...checkView(model),
      summaryView(model),
      timeLines.element,
      h('div', { class: 'lists' }, connectionList(app), gapList(app), callList(app), findingList(app)),
      messages(app, table),
    ),
    keysDialog(),
  );
  table.draw();
  timeLines.draw();
  onPrint(app, table, timeLines);
  if (app.selected !== undefined) app.select(app.selected);
}

function header(app: App): HTMLElement {
  const { inputs, begin } = app.model;
  const name = inputs.length === 1 ? inputs[0]!.name : `${inputs.length} ${t('files')}`;
  return h(
    'header',
    { class: 'bar' },
    h('h1', {}, sanitize(name)),
    h('span', { class: 'remark' }, `wsdissect ${begin?.version ?? ''}`),
    h(
      'div',
      { class: 'buttons no-print' },
      button(t('theme'), switchTheme),
      button(
        t('language'),
        () => {
          setLanguage(currentLanguage() === 'ja' ? 'en' : 'ja');
          build(app);
        },
        { lang: currentLanguage() === 'ja' ? 'en' : 'ja' },
      ),
      button(t('help'), showKeys, { 'aria-keyshortcuts': '?' }),
    ),
  );
}

/** The other one of dark and light. Nothing is stored: the next time, the system decides again. */
function switchTheme(): void {
  const { dataset } = document.documentElement;
  const isDark =
    dataset['theme'] === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : dataset['theme'] === 'dark';
  dataset['theme'] = isDark ? 'light' : 'dark';
  dispatchEvent(new Event('themechange'));
}

/** The table or the conversation, and beside it what is known of one message. */
function messages(app: App, table: MessageTable): HTMLElement {
  const conversation = new ConversationView(app);
  const count = h('span', { role: 'status', id: 'count' });
  const detail = h('aside', {
    id: 'detail',
    class: 'detail',
    hidden: true,
    attributes: { 'aria-labelledby': 'detail-title' },
  });
  const filter = new FilterBar(app);
  const clear = button(t('clear'), () => {
    filter.clear();
    app.show({ filter: '', where: undefined, connection: undefined, range: undefined });
  });
  const tabs = (['table', 'conversation'] as const).map((view) =>
    button(t(view), () => app.setView(view), { 'data-view': view }),
  );
  const body = h('div', { class: 'body' }, table.element, conversation.element);
  const showRows = (): void => {
    const { rows, model, connection, range } = app;
    const parts = [
      t('shownRows', rows.length, model.rows.length),
      connection === undefined ? '' : t('ofConnection', connection.name),
      range === undefined ? '' : t('inRange'),
    ];
    count.textContent = parts.filter((part) => part !== '').join(', ');
    clear.hidden = rows.length === model.rows.length && connection === undefined && range === undefined;
    filter.update();
  };
  const showView = (): void => {
    for (const tab of tabs) tab.setAttribute('aria-pressed', String(tab.dataset['view'] === app.view));
    table.element.hidden = app.view !== 'table';
    conversation.element.hidden = app.view !== 'conversation';
    if (app.view === 'table') table.draw();
    else conversation.draw();
  };
  const showDetail = (): void => {
    const { selected, isDetailOpen } = app;
    const isShown = selected !== undefined && isDetailOpen;
    detail.hidden = !isShown;
    detail.replaceChildren(...(isShown ? detailOf(app, selected) : []));
    if (selected !== undefined) setLink(selected.connection, selected.number);
  };
  app.listen((what) => {
    if (what === 'rows') showRows();
    else if (what === 'view') showView();
    else if (what === 'selection') showDetail();
  });
  showRows();
  showView();
  return h(
    'section',
    { id: 'messages' },
    h('h2', {}, t('messages')),
    h('div', { class: 'buttons no-print' }, ...tabs, filter.elements, count, clear),
    h('div', { class: 'split' }, body, detail),
    h('p', { class: 'only-print', id: 'printed' }),
  );
}

/** `#c=0&m=42`: the address of what is looked at, without a new entry in the history. */
function setLink(connection: Connection, number: number): void {
  history.replaceState(null, '', `#c=${encodeURIComponent(connection.name)}&m=${number}`);
}

function followLink(app: App): void {
  const link = new URLSearchParams(location.hash.slice(1));
  const { model } = app;
  const row = model.rows[Number(link.get('m')) - 1];
  const connection = model.connections.find(({ name }) => name === link.get('c'));
  if (row !== undefined && (connection === undefined || row.connection === connection)) {
    app.select(row, true);
    document.getElementById('messages')?.scrollIntoView();
  } else if (connection !== undefined && !link.has('m')) {
    app.setView('conversation', connection);
    document.getElementById('messages')?.scrollIntoView();
  }
}

function onKey(app: App, event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const isTyping = target.matches('input:not([type=checkbox],[type=radio]), select, textarea');
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    if (isTyping) target.blur();
    else if (app.isDetailOpen) app.select(app.selected, false);
    return;
  }
  if (isTyping || document.querySelector('dialog[open]') !== null) return;
  // A focused button takes Enter for itself.
  const isOnControl = target.matches('button, a, summary, input');
  const actions: Readonly<Record<string, () => void>> = {
    j: () => app.move(1),
    k: () => app.move(-1),
    t: () => app.setView('table'),
    c: () => app.setView('conversation'),
    '/': () => document.getElementById('filter')!.focus(),
    '?': showKeys,
    ...(isOnControl ? {} : { Enter: () => openSelected(app) }),
  };
  const action = actions[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function openSelected(app: App): void {
  if (app.selected === undefined) app.move(1);
  app.select(app.selected, true);
  document.getElementById('detail-title')?.focus();
}

function keysDialog(): HTMLElement {
  const lines = t('helpKeys').split('|');
  return h(
    'dialog',
    { id: 'keys', attributes: { 'aria-labelledby': 'keys-title' } },
    h('h2', { id: 'keys-title' }, t('help')),
    h('ul', {}, ...lines.map((line) => h('li', {}, line))),
    button(t('close'), () => (document.getElementById('keys') as HTMLDialogElement).close()),
  );
}

function showKeys(): void {
  (document.getElementById('keys') as HTMLDialogElement).showModal();
}

let printing: AbortController | undefined;

/** On paper the table has rows that stay, and says which. */
function onPrint(app: App, table: MessageTable, timeLines: TimeLines): void {
  printing?.abort();
  printing = new AbortController();
  const { signal } = printing;
  addEventListener(
    'beforeprint',
    () => {
      const from = table.drawForPrint(PRINTED);
      const to = Math.min(from + PRINTED, app.rows.length);
      document.getElementById('printed')!.textContent = t('printedRows', Math.min(from + 1, to), to, app.rows.length);
      document.documentElement.classList.add('printing');
      timeLines.draw();
    },
    { signal },
  );
  const after = (): void => {
    document.documentElement.classList.remove('printing');
    table.draw();
    timeLines.draw();
  };
  addEventListener('afterprint', after, { signal });
  addEventListener('themechange', () => timeLines.draw(), { signal });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => timeLines.draw(), { signal });
}
