import { sanitize } from '../../../output/sanitize.js';
import type { App } from '../app.js';
import { button, h } from '../dom.js';
import { CATEGORIES, colorsOf, drawLane, LANE_HEIGHT, type Painter } from './draw-lane.js';
import { placeOf } from './lane-side.js';
import { marksOf, within, zoomed, type View } from './lanes.js';
import { drawRuler, RULER } from './ruler.js';
import type { Connection, Row } from '../data/model.js';
import { kindOf, shownContent, shownSize } from '../views/row-text.js';
import { duration, t } from '../words/words.js';

const LABELS = 150;
/** Lanes that are seen without scrolling. */
const MOST_LANES = 7;
const ZOOM = 1.3;
const PAN = 0.15;
/** Characters of a message that is pointed at. */
const TIP = 80;
/** Pixels that the pointer may miss a message by. */
const MISS = 6;
/** Room before the first and after the last message, in parts of all. */
const MARGIN = 0.02;
/** One lane for each connection, on a canvas. The table has the same messages for who cannot see it. */
export class TimeLines {
  readonly element: HTMLElement;
  /** How often it was drawn. */
  draws = 0;
  readonly #app: App;
  readonly #canvas = h('canvas', { role: 'img' });
  readonly #scroll: HTMLElement;
  readonly #tip = h('div', { class: 'tip', role: 'tooltip', hidden: true });
  readonly #all: View;
  readonly #isTimed: boolean;
  #view: View;
  #brush: View | undefined;
  #isWaiting = false;
  /** Asked for once, and anew when they may be others. */
  #colors: ReadonlyMap<string, string> | undefined;

  constructor(app: App) {
    this.#app = app;
    const { rows, connections, last } = app.model;
    this.#isTimed = rows.some(({ at }) => at !== undefined) || last > 0;
    const first = this.#isTimed ? firstTime(connections) : 0;
    const end = this.#isTimed ? last : rows.length + 1;
    const margin = Math.max((end - first) * MARGIN, this.#isTimed ? 1e-4 : 0.5);
    this.#all = { from: first - margin, to: end + margin };
    this.#view = this.#all;
    const label = t('timeLinesOf', connections.length, rows.length);
    this.#canvas.setAttribute('aria-label', label);
    const lanes = h('div', { class: 'lanes' }, this.#canvas);
    lanes.style.height = `${RULER + connections.length * LANE_HEIGHT}px`;
    this.#scroll = h(
      'div',
      {
        class: 'lanes-scroll',
        tabIndex: 0,
        role: 'application',
        attributes: { 'aria-label': `${label}. ${t('timeLinesHelp')}` },
        on: { scroll: () => this.#later(), keydown: (event) => this.#key(event) },
      },
      lanes,
    );
    this.#scroll.style.height = `${RULER + Math.min(Math.max(connections.length, 1), MOST_LANES) * LANE_HEIGHT + 2}px`;
    this.element = h(
      'section',
      { id: 'time-lines' },
      h('h2', {}, t('timeLines')),
      h('p', { class: 'remark no-print' }, t('timeLinesHelp')),
      h(
        'div',
        { class: 'buttons no-print' },
        button(t('zoomIn'), () => this.#zoom(1 / ZOOM)),
        button(t('zoomOut'), () => this.#zoom(ZOOM)),
        button(t('showAll'), () => this.#setView(this.#all)),
        this.#legend(),
      ),
      this.#scroll,
      this.#tip,
    );
    this.#listen();
    app.listen((what) => {
      if (typeof what === 'object') this.#focus(what);
      else this.#later();
    });
    new ResizeObserver(() => this.#later()).observe(this.#scroll);
  }

  /** The part that is seen. */
  get view(): View {
    return this.#view;
  }

  /** Draws what is seen in colours that may be others now. */
  repaint(): void {
    this.#colors = undefined;
    this.draw();
  }

  /** Draws what is seen. */
  draw(): void {
    this.draws++;
    const width = Math.max(this.#scroll.clientWidth, 200);
    const height = this.#scroll.clientHeight;
    const ratio = globalThis.devicePixelRatio || 1;
    this.#canvas.width = width * ratio;
    this.#canvas.height = height * ratio;
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    context.scale(ratio, ratio);
    const painter: Painter = {
      context,
      colors: (this.#colors ??= colorsOf(this.#scroll)),
      left: LABELS,
      width: width - LABELS,
      view: this.#view,
    };
    const { connections } = this.#app.model;
    const top = this.#scroll.scrollTop;
    const first = Math.floor(top / LANE_HEIGHT);
    for (let lane = first; lane < connections.length; lane++) {
      const y = RULER + lane * LANE_HEIGHT - top;
      if (y > height) break;
      const connection = connections[lane]!;
      const isChosen = connection === (this.#app.connection ?? this.#app.selected?.connection);
      drawLane(painter, connection, y, { isChosen, label: this.#label(connection), selected: this.#app.selected });
    }
    const range = this.#app.range && { from: this.#app.range[0], to: this.#app.range[1] };
    drawRuler(painter, height, this.#brush ?? range, this.#isTimed);
  }

  #label({ name, open }: Connection): string {
    return sanitize(`${name}  ${open.client ?? ''}`);
  }

  #legend(): HTMLElement {
    return h(
      'span',
      { class: 'legend', attributes: { 'aria-hidden': true } },
      ...CATEGORIES.map((category) => h('span', { class: `legend-${category}` }, category)),
    );
  }

  #listen(): void {
    const canvas = this.#canvas;
    canvas.addEventListener(
      'wheel',
      (event) => {
        const { x } = this.#at(event);
        if (x < LABELS) return;
        event.preventDefault();
        if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
          this.#pan(((event.deltaX || event.deltaY) / this.#width) * (this.#view.to - this.#view.from));
        } else {
          this.#zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM, this.#placeAt(x));
        }
      },
      { passive: false },
    );
    canvas.addEventListener('pointerdown', (down) => this.#drag(down));
    canvas.addEventListener('pointermove', (event) => this.#hover(event));
    canvas.addEventListener('pointerleave', () => (this.#tip.hidden = true));
  }

  /** A drag in the ruler selects a time range, one in the lanes pans; no drag at all is a click. */
  #drag(down: PointerEvent): void {
    const start = this.#at(down);
    const view = this.#view;
    const place = this.#placeAt(start.x);
    const isBrush = (start.y < RULER || down.shiftKey) && this.#isTimed && start.x >= LABELS;
    let isMoved = false;
    this.#canvas.setPointerCapture(down.pointerId);
    const move = (event: PointerEvent): void => {
      const { x } = this.#at(event);
      if (!isMoved && Math.abs(x - start.x) < 3) return;
      isMoved = true;
      if (isBrush) {
        const other = this.#placeAt(x);
        this.#brush = { from: Math.min(place, other), to: Math.max(place, other) };
        this.#later();
      } else {
        const by = ((start.x - x) / this.#width) * (view.to - view.from);
        this.#setView(within({ from: view.from + by, to: view.to + by }, this.#all));
      }
    };
    const up = (event: PointerEvent): void => {
      this.#canvas.removeEventListener('pointermove', move);
      const brush = this.#brush;
      this.#brush = undefined;
      if (brush !== undefined) this.#app.show({ range: [brush.from, brush.to] });
      else if (!isMoved) this.#click(event);
    };
    this.#canvas.addEventListener('pointermove', move);
    this.#canvas.addEventListener('pointerup', up, { once: true });
  }

  #click(event: PointerEvent): void {
    const { x, y } = this.#at(event);
    const connection = this.#laneAt(y);
    if (connection === undefined) return;
    if (x < LABELS) {
      this.#app.show({ connection: this.#app.connection === connection ? undefined : connection });
      return;
    }
    const row = this.#rowAt(connection, x, y);
    if (row !== undefined) this.#app.select(row, true);
  }

  #hover(event: PointerEvent): void {
    const { x, y } = this.#at(event);
    const connection = x < LABELS ? undefined : this.#laneAt(y);
    const row = connection === undefined ? undefined : this.#rowAt(connection, x, y);
    this.#tip.hidden = row === undefined;
    if (row === undefined) return;
    const call = row.call ?? row.answered;
    const time = call?.record.seconds === undefined ? '' : ` ${duration(call.record.seconds)}`;
    this.#tip.textContent = `#${row.number} ${kindOf(row)}${time} ${t('bytes', shownSize(row))} ${shownContent(row, TIP)}`;
    this.#tip.style.left = `${Math.min(x, this.#scroll.clientWidth - 260)}px`;
    this.#tip.style.top = `${this.#scroll.offsetTop + y + 18}px`;
  }

  #laneAt(y: number): Connection | undefined {
    if (y < RULER) return undefined;
    return this.#app.model.connections[Math.floor((y - RULER + this.#scroll.scrollTop) / LANE_HEIGHT)];
  }

  #rowAt(connection: Connection, x: number, y: number): Row | undefined {
    const inLane = (y - RULER + this.#scroll.scrollTop) % LANE_HEIGHT;
    const marks = marksOf(connection, inLane < LANE_HEIGHT / 2, this.#view, this.#width);
    let nearest: { readonly row: Row; readonly by: number } | undefined;
    for (const { x: at, row } of marks) {
      const by = Math.abs(at - (x - LABELS));
      if (by <= MISS && (nearest === undefined || by < nearest.by)) nearest = { row, by };
    }
    return nearest?.row;
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const span = this.#view.to - this.#view.from;
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => this.#zoom(1 / ZOOM),
      '=': () => this.#zoom(1 / ZOOM),
      '-': () => this.#zoom(ZOOM),
      '0': () => this.#setView(this.#all),
      ArrowLeft: () => this.#pan(-span * PAN),
      ArrowRight: () => this.#pan(span * PAN),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  #focus({
    from,
    to,
    connection,
  }: {
    readonly from: number;
    readonly to: number;
    readonly connection: Connection;
  }): void {
    const top = connection.number * LANE_HEIGHT;
    const space = this.#scroll.clientHeight - RULER;
    if (top < this.#scroll.scrollTop || top + LANE_HEIGHT > this.#scroll.scrollTop + space)
      this.#scroll.scrollTop = top;
    this.#setView(within({ from, to }, this.#all));
  }

  #zoom(factor: number, at = this.#middle()): void {
    this.#setView(zoomed(this.#view, factor, at, this.#all));
  }

  /** Keys zoom around what is selected, where that is seen. */
  #middle(): number {
    const { from, to } = this.#view;
    const { selected } = this.#app;
    const place = selected === undefined ? Number.NaN : placeOf(selected);
    return place >= from && place <= to ? place : (from + to) / 2;
  }

  #pan(by: number): void {
    this.#setView(within({ from: this.#view.from + by, to: this.#view.to + by }, this.#all));
  }

  #setView(view: View): void {
    this.#view = view;
    this.element.dataset['from'] = view.from.toFixed(9);
    this.element.dataset['to'] = view.to.toFixed(9);
    this.#later();
  }

  #later(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => {
      this.#isWaiting = false;
      this.draw();
    });
  }

  get #width(): number {
    return Math.max(this.#scroll.clientWidth, 200) - LABELS;
  }

  #placeAt(x: number): number {
    const { from, to } = this.#view;
    return from + ((x - LABELS) / this.#width) * (to - from);
  }

  #at(event: MouseEvent): { readonly x: number; readonly y: number } {
    const box = this.#canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

function firstTime(connections: readonly Connection[]): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { at, rows } of connections) first = Math.min(first, at ?? rows[0]?.at ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(first) ? first : 0;
}
