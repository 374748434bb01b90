import { sanitize } from '../../output/sanitize.js';
import { App } from './app.js';
import { checkView } from './views/check-view.js';
import { button, h } from './dom.js';
import { keysDialog, onKey, showKeys } from './keys.js';
import { followLink } from './link.js';
import { callList, connectionList, findingList, gapList } from './views/lists.js';
import { compareBy } from './views/columns.js';
import { MessageTable, type TableLayout } from './views/message-table.js';
import { messagesView } from './views/messages-view.js';
import type { Model } from './data/model.js';
import { summaryView } from './data/summary.js';
import { TimeLines } from './timeline/timeline.js';
import { currentLanguage, setLanguage, t } from './words/words.js';

/** Rows that are printed. */
const PRINTED = 500;

/** The whole page of a report, in an element. */
export class ReportPage {
  readonly #root: HTMLElement;
  readonly #app: App;
  readonly #layout: TableLayout = { widths: new Map(), hidden: new Set() };
  readonly #tools: () => readonly HTMLElement[];
  readonly #closing = new AbortController();
  #building = new AbortController();

  /** @param tools - more buttons, made anew for each language */
  constructor(root: HTMLElement, model: Model, tools: () => readonly HTMLElement[] = () => []) {
    this.#root = root;
    this.#app = new App(model, compareBy);
    this.#tools = tools;
    this.#build();
    const { signal } = this.#closing;
    addEventListener('hashchange', () => followLink(this.#app), { signal });
    addEventListener('keydown', (event) => onKey(this.#app, event), { signal });
    followLink(this.#app);
  }

  /** Another page takes the element: this one listens to nothing any more. */
  close(): void {
    this.#building.abort();
    this.#closing.abort();
  }

  /** Builds everything, in the chosen language. */
  #build(): void {
    const app = this.#app;
    app.forgetListeners();
    const { model } = app;
    document.documentElement.lang = currentLanguage();
    document.title = `${model.inputs
      .map(({ name }) => sanitize(name))
      .join(', ')
      .slice(0, 100)} – wsdissect`;
    const table = new MessageTable(app, this.#layout);
    const timeLines = new TimeLines(app);
    this.#root.replaceChildren(
      this.#header(),
      h(
        'main',
        {},
        ...checkView(model),
        summaryView(model),
        timeLines.element,
        h('div', { class: 'lists' }, connectionList(app), gapList(app), callList(app), findingList(app)),
        messagesView(app, table),
      ),
      keysDialog(),
    );
    table.draw();
    timeLines.draw();
    this.#onPrint(table, timeLines);
    if (app.selected !== undefined) app.select(app.selected);
  }

  #header(): HTMLElement {
    const { inputs, begin } = this.#app.model;
    const name = inputs.length === 1 ? inputs[0]!.name : `${inputs.length} ${t('files')}`;
    return h(
      'header',
      { class: 'bar' },
      h('h1', {}, sanitize(name)),
      h('span', { class: 'remark' }, `wsdissect ${begin?.version ?? ''}`),
      h(
        'div',
        { class: 'buttons no-print' },
        ...this.#tools(),
        themeButton(),
        languageButton(() => this.#build()),
        button(t('help'), showKeys, { 'aria-keyshortcuts': '?' }),
      ),
    );
  }

  /** On paper the table has rows that stay, and says which. */
  #onPrint(table: MessageTable, timeLines: TimeLines): void {
    this.#building.abort();
    this.#building = new AbortController();
    const { signal } = this.#building;
    const before = (): void => {
      const from = table.drawForPrint(PRINTED);
      const { rows } = this.#app;
      const to = Math.min(from + PRINTED, rows.length);
      document.getElementById('printed')!.textContent = t('printedRows', Math.min(from + 1, to), to, rows.length);
      document.documentElement.classList.add('printing');
      timeLines.repaint();
    };
    const after = (): void => {
      document.documentElement.classList.remove('printing');
      table.draw();
      timeLines.repaint();
    };
    addEventListener('beforeprint', before, { signal });
    addEventListener('afterprint', after, { signal });
    addEventListener('themechange', () => timeLines.repaint(), { signal });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => timeLines.repaint(), { signal });
  }
}

/** Switches between dark and light. Nothing is stored: the next time, the system decides again. */
export function themeButton(): HTMLElement {
  return button(t('theme'), () => {
    const { dataset } = document.documentElement;
    const isDark =
      dataset['theme'] === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : dataset['theme'] === 'dark';
    dataset['theme'] = isDark ? 'light' : 'dark';
    dispatchEvent(new Event('themechange'));
  });
}

/** Switches to the other language. @param build - makes the page anew */
export function languageButton(build: () => void): HTMLElement {
  const other = currentLanguage() === 'ja' ? 'en' : 'ja';
  const change = (): void => {
    setLanguage(other);
    build();
    document.getElementById('language')!.focus();
  };
  return button(t('language'), change, { id: 'language', lang: other });
}
