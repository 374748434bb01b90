import { sanitize } from '../../output/sanitize.js';
import { button, h } from './dom.js';
import { sortFiles, type ChosenFiles } from './play-files.js';
import { PlayReader } from './play-reader.js';
import { languageButton, ReportPage, themeButton } from './report-page.js';
import { chooseLanguage, currentLanguage, t } from './words/words.js';

/** Bytes that are told as one megabyte. */
const MEGABYTE = 1_000_000;

/** The page that makes reports of captures that are dropped on it. */
class Play {
  readonly #root = document.getElementById('app')!;
  #files: ChosenFiles = { captures: [], keyLogs: [] };
  #report: ReportPage | undefined;
  #reader: PlayReader | undefined;
  /** What was wrong with what was chosen. */
  #problem: string | undefined;
  /** What was chosen last: what was chosen before does not count. */
  #chosen = 0;

  start(): void {
    chooseLanguage(navigator.language);
    this.#listen();
    this.#welcome();
  }

  /** A file may be dropped anywhere: the browser would open it in place of this page. Text goes where text goes. */
  #listen(): void {
    const { classList } = document.documentElement;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    addEventListener('dragover', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      classList.add('dropping');
    });
    addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) classList.remove('dropping');
    });
    addEventListener('drop', (event) => {
      classList.remove('dropping');
      if (!hasFiles(event)) return;
      event.preventDefault();
      void this.#take([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** What the page is, and where files go. */
  #welcome(): void {
    this.#leave();
    document.documentElement.lang = currentLanguage();
    document.title = `${t('playTitle')} – wsdissect`;
    this.#root.replaceChildren(
      h(
        'header',
        { class: 'bar' },
        h('h1', {}, 'wsdissect'),
        h('span', { class: 'remark' }, WSDISSECT_VERSION),
        h(
          'div',
          { class: 'buttons' },
          themeButton(),
          languageButton(() => this.#welcome()),
        ),
      ),
      h(
        'main',
        {},
        h(
          'section',
          { class: 'drop' },
          h('h2', {}, t('playTitle')),
          h('p', {}, t('playDrop')),
          this.#chooser(t('playChoose')),
          this.#problem === undefined ? undefined : h('p', { class: 'problem', role: 'alert' }, this.#problem),
          h('p', { class: 'remark' }, t('playReads')),
          h('p', { class: 'remark', id: 'private' }, t('playPrivate')),
          h('p', { class: 'remark' }, t('playCommand')),
        ),
      ),
    );
    this.#root.setAttribute('aria-busy', 'false');
  }

  /** A button that opens the browser's choice of files. */
  #chooser(label: string): HTMLElement {
    const input = h('input', {
      ...{ type: 'file', multiple: true, hidden: true },
      on: { change: () => void this.#take([...(input.files ?? [])]) },
    });
    return h(
      'span',
      {},
      button(label, () => input.click()),
      input,
    );
  }

  /** Takes what was dropped or chosen. Key logs go with the captures that are there, or that come. */
  async #take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    const chosen = ++this.#chosen;
    const { captures, keyLogs } = await sortFiles(files);
    if (chosen !== this.#chosen) return;
    this.#files = {
      captures: captures.length > 0 ? captures : this.#files.captures,
      keyLogs: [...this.#files.keyLogs, ...keyLogs],
    };
    this.#problem = undefined;
    if (this.#files.captures.length === 0) {
      this.#problem = t('playOnlyKeys', this.#files.keyLogs.map(({ name }) => sanitize(name)).join(', '));
      this.#welcome();
      return;
    }
    await this.#read(this.#files);
  }

  async #read(files: ChosenFiles): Promise<void> {
    this.#leave();
    const bar = h('progress', { max: 1, value: 0 });
    const text = h('p', { role: 'status', id: 'progress' });
    const names = files.captures.map(({ name }) => sanitize(name)).join(', ');
    const reader = new PlayReader((bytes, of) => {
      bar.value = of === 0 ? 1 : bytes / of;
      bar.setAttribute('aria-label', names);
      text.textContent = t('playReading', names, megabytes(bytes), megabytes(of));
    });
    this.#reader = reader;
    this.#root.setAttribute('aria-busy', 'true');
    this.#root.replaceChildren(
      h(
        'main',
        {},
        h(
          'section',
          { class: 'drop' },
          text,
          bar,
          button(t('playStop'), () => reader.stop()),
        ),
      ),
    );
    const model = await reader.read(files);
    // Another one was begun meanwhile.
    if (this.#reader !== reader) return;
    // The address may name a message of the report before.
    history.replaceState(null, '', '#');
    this.#report = new ReportPage(this.#root, model, () => [this.#chooser(t('playChoose'))]);
    scrollTo(0, 0);
    this.#root.setAttribute('aria-busy', 'false');
  }

  /** What is shown or read now is given up. */
  #leave(): void {
    this.#reader?.stop();
    this.#reader = undefined;
    this.#report?.close();
    this.#report = undefined;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toLocaleString(currentLanguage(), { maximumFractionDigits: 1 })} MB`;
}

new Play().start();
