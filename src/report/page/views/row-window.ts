/** Pixels of a row: the same for each, so that its place is known without those before it. */
const ROW_HEIGHT = 24;
/** Pixels that a browser can scroll: beyond, a pixel stands for several. */
const MOST_PIXELS = 8_000_000;
/** Rows above and below those that are seen. */
const SPARE = 8;

/** What is seen of a table whose rows do not all exist. */
export interface RowWindow {
  /** Rows of the table. */
  readonly rows: number;
  /** Pixels of the window, the table's head among them. */
  readonly height: number;
  readonly scrollTop: number;
}

/** Pixels of all rows, as far as a browser can scroll. */
export function heightOf({ rows }: RowWindow): number {
  return Math.min(rows * ROW_HEIGHT, MOST_PIXELS);
}

/** Whole rows that are seen at a time. */
export function rowsInSight(window: RowWindow): number {
  return Math.floor(spaceOf(window) / ROW_HEIGHT);
}

/** The rows that are drawn: those that are seen, and some around them. */
export function seenRows(window: RowWindow): { readonly first: number; readonly count: number } {
  const { rows, scrollTop } = window;
  const drawn = drawnInSight(window);
  const height = heightOf(window);
  const top =
    rows * ROW_HEIGHT <= height
      ? scrollTop / ROW_HEIGHT
      : (scrollTop / Math.max(1, height - spaceOf(window))) * (rows - drawn + 1);
  return { first: Math.max(0, Math.floor(top) - SPARE), count: drawn + 2 * SPARE };
}

/** Where the first row that is drawn stands. */
export function topOf(window: RowWindow, first: number): number {
  const { rows, scrollTop } = window;
  const height = heightOf(window);
  if (rows * ROW_HEIGHT <= height) return first * ROW_HEIGHT;
  const above = Math.min(SPARE, first);
  return Math.min(scrollTop - above * ROW_HEIGHT, Math.max(0, height - (rows - first) * ROW_HEIGHT));
}

/** How far the table is scrolled where a row is seen: as far as it is, where that row is seen already. */
export function scrolledTo(window: RowWindow, index: number): number {
  const { rows, scrollTop } = window;
  const height = heightOf(window);
  const space = spaceOf(window);
  if (rows * ROW_HEIGHT > height) {
    const { first, count } = seenRows(window);
    if (index >= first + SPARE && index < first + count - SPARE - 2) return scrollTop;
    return (index / Math.max(1, rows - drawnInSight(window) + 1)) * (height - space);
  }
  const top = index * ROW_HEIGHT;
  return top < scrollTop ? top : top + ROW_HEIGHT > scrollTop + space ? top + ROW_HEIGHT - space : scrollTop;
}

function drawnInSight(window: RowWindow): number {
  return Math.ceil(spaceOf(window) / ROW_HEIGHT) + 1;
}

function spaceOf({ height }: RowWindow): number {
  return Math.max(height - ROW_HEIGHT, ROW_HEIGHT);
}
