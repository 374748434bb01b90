import type { App } from '../app.js';
import { h } from '../dom.js';
import { loadFilter } from '../load-filter.js';
import { t } from '../words/words.js';

/** Milliseconds after which what was typed is looked for. */
const TYPING = 120;

/** Where the messages to be shown are chosen: by a text in them, or by an expression as `--where` takes it. */
export class FilterBar {
  readonly elements: readonly HTMLElement[];
  readonly #app: App;
  readonly #input: HTMLInputElement;
  readonly #problem = h('p', { id: 'filter-problem', class: 'bad', role: 'alert', hidden: true });
  readonly #remark = h('p', { id: 'filter-remark', class: 'remark', role: 'status', hidden: true });
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How often it was asked for: what was asked before the last time does not count. */
  #asked = 0;

  constructor(app: App) {
    this.#app = app;
    this.#input = h('input', {
      ...{ id: 'filter', type: 'search', autocomplete: 'off', spellcheck: false },
      attributes: { 'aria-keyshortcuts': '/', 'aria-describedby': 'filter-problem' },
      on: {
        input: () => {
          clearTimeout(this.#timer);
          this.#timer = setTimeout(() => void this.#apply(), TYPING);
        },
      },
    });
    const choice = h(
      'select',
      {
        id: 'filter-by',
        attributes: { 'aria-label': t('filterBy') },
        on: { change: () => this.#choose(choice.value === 'where' ? 'where' : 'text') },
      },
      h('option', { value: 'text' }, t('filterText')),
      h('option', { value: 'where' }, t('filterWhere')),
    );
    choice.value = app.filterBy;
    this.elements = [h('label', {}, `${t('filter')} `, this.#input), choice, this.#problem, this.#remark];
    this.#showChoice();
    this.#input.value = app.filterBy === 'text' ? app.filter : (app.where?.text ?? '');
  }

  /** What was typed is forgotten. */
  clear(): void {
    this.#asked++;
    this.#input.value = '';
    this.#tell(undefined);
  }

  /** Other messages are shown, perhaps because a hidden one was asked for. */
  update(): void {
    const { filter, filterBy, where } = this.#app;
    if (filterBy === 'text') {
      if (this.#input.value !== filter) this.#input.value = filter;
    } else if (where === undefined && this.#problem.hidden) this.#input.value = '';
    this.#remark.hidden = where?.remark === undefined;
    this.#remark.textContent = where?.remark ?? '';
  }

  #choose(filterBy: App['filterBy']): void {
    this.clear();
    this.#app.filterBy = filterBy;
    this.#showChoice();
    this.#app.show({ filter: '', where: undefined });
    this.#input.focus();
  }

  #showChoice(): void {
    const isText = this.#app.filterBy === 'text';
    this.#input.placeholder = t(isText ? 'filterHint' : 'whereHint');
    this.#input.classList.toggle('mono', !isText);
  }

  async #apply(): Promise<void> {
    const app = this.#app;
    const text = this.#input.value;
    const asked = ++this.#asked;
    if (app.filterBy === 'text') {
      app.show({ filter: text });
      return;
    }
    if (text.trim() === '') {
      this.#tell(undefined);
      app.show({ where: undefined });
      return;
    }
    try {
      const { compile } = await loadFilter();
      const test = compile(text);
      if (asked !== this.#asked) return;
      this.#tell(undefined);
      const remark = this.#remarkOn(test.fields);
      app.show({ where: { text, test, ...(remark === undefined ? {} : { remark }) } });
    } catch (error) {
      if (asked !== this.#asked) return;
      // The messages that are shown stay.
      this.#tell(error instanceof Error ? error.message : String(error));
    }
  }

  /** Where an expression reads what the page has only the beginning of, its answer may be another one than the command's. */
  #remarkOn(fields: ReadonlySet<string>): string | undefined {
    if (!['text', 'base64', 'closeReason', 'decoded'].some((name) => fields.has(name))) return undefined;
    const cut = this.#app.model.rows.filter(
      ({ detail }) => detail.cut !== undefined || detail.noMeaning === true,
    ).length;
    return cut === 0 ? undefined : t('whereCut', cut);
  }

  #tell(problem: string | undefined): void {
    this.#problem.textContent = problem ?? '';
    this.#problem.hidden = problem === undefined;
    this.#input.setAttribute('aria-invalid', String(problem !== undefined));
  }
}
