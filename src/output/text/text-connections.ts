import { streamName, type ConnectionEvent, type DirectionTotals, type DissectEvent } from '../../events.js';
import { beganByPolling } from '../../subprotocol/polling.js';
import { filledLines } from './filled-lines.js';
import { headLines } from './text-headers.js';
import { TextOutput } from '../output.js';
import { decodeUtf8 } from '../sanitize.js';
import { ShownText } from '../shown-text.js';
import type { Style } from '../style.js';
import { count } from '../../common/words.js';
import type { TextOptions } from './text-layout.js';
import { textWidth } from './text-width.js';

const HEADINGS = ['stream', 'client / server', 'frames', 'messages', 'bytes', 'end', 'url and more'];
const COUNTED = HEADINGS.slice(0, -1);
const GAP = '  ';
const INDENT = '        ';
/** Rows that wait for others, so that they can be aligned together. */
const MOST_ROWS = 1000;

/** What is shown of a connection: a cell for each column but the last, and what only some connections have. */
interface Row {
  readonly cells: readonly string[];
  readonly details: readonly ShownText[];
  /** Lines of its own, each whole. */
  readonly heads: readonly ShownText[];
}

/**
 * A table with a row for each connection. In every column with a slash, the client's value stands before it and the
 * server's after it. What only some connections have stands at the end of the row.
 *
 * No line is longer than the terminal is wide: where rows are, their ends stand in lines of their own, and where even
 * the rest does not fit there is no table, but a few lines for each connection.
 */
export class TextConnections extends TextOutput {
  readonly #options: TextOptions;
  readonly #hasHeaders: boolean;
  readonly #widths = COUNTED.map(({ length }) => length);
  #rows: Row[] = [];
  #isBegun = false;

  /** @param hasHeaders - the fields of the handshake stand under each row */
  constructor(options: TextOptions, hasHeaders = false) {
    super();
    this.#options = options;
    this.#hasHeaders = hasHeaders;
  }

  event(event: DissectEvent): void {
    if (event.type !== 'connection') return;
    const time = this.#options.clock.show(event.at, (now) => `${now.date}T${now.time}${now.zone}`);
    const { style } = this.#options;
    const heads = this.#hasHeaders ? headLines(style, event.handshake) : [];
    this.#rows.push({ ...row(style, event, time), heads });
    if (this.#rows.length >= MOST_ROWS) this.#printRows();
  }

  skip(event: DissectEvent): void {
    if (event.type === 'connection') this.#options.clock.skip(event.at);
  }

  override flush(): void {
    this.#printRows();
  }

  override separate(): void {
    this.#printRows();
    super.separate();
  }

  #printRows(): void {
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length === 0) return;
    for (const { cells } of rows) {
      cells.forEach((cell, column) => {
        this.#widths[column] = Math.max(this.#widths[column]!, cell.length);
      });
    }
    const { columns } = this.#options;
    const fit = (lines: readonly string[]): boolean => lines.every((line) => textWidth(line) <= columns);
    const inOne = (shown: (part: ShownText) => string): string[] =>
      rows.map(({ cells, details }) => this.#line([...cells, details.map(shown).join(GAP)]));
    if (fit(inOne(({ text }) => text)))
      this.#printTable(
        HEADINGS,
        inOne((part) => part.painted()),
        rows,
      );
    else if (fit([this.#line(COUNTED), ...rows.map(({ cells }) => this.#line(cells))]))
      this.#printTable(
        COUNTED,
        rows.map((one) => this.#inTwo(one)),
        rows,
      );
    else for (const one of rows) this.print(this.#inLines(one) + this.#headLines(one));
  }

  #printTable(headings: readonly string[], lines: readonly string[], rows: readonly Row[]): void {
    if (!this.#isBegun) this.print(this.#options.style.heading(this.#line(headings).trimEnd()) + '\n');
    this.#isBegun = true;
    for (const [index, line] of lines.entries()) this.print(`${line}\n${this.#headLines(rows[index]!)}`);
  }

  /** A line for each, or several where it is longer than the terminal is wide. */
  #headLines({ heads }: Row): string {
    return heads
      .flatMap((line) => filledLines([line], this.#options.columns, INDENT))
      .map((line) => `${line}\n`)
      .join('');
  }

  #line(cells: readonly string[]): string {
    return cells
      .map((cell, column) => cell.padEnd(this.#widths[column] ?? 0))
      .join(GAP)
      .trimEnd();
  }

  #inTwo({ cells, details }: Row): string {
    return [this.#line(cells), ...filledLines(details, this.#options.columns, INDENT)].join('\n');
  }

  #inLines({ cells, details }: Row): string {
    const [stream, ends, ...counts] = cells;
    const named = counts.map((cell, index) => `${COUNTED[index + 2]!} ${cell}`);
    const { columns, style } = this.#options;
    const counted = [ends!, ...named].map((text) => own(style, text));
    const lines = filledLines([...counted, ...details], columns, INDENT);
    return [style.heading(`stream ${stream!}`), ...lines].join('\n') + '\n';
  }
}

/** Words of wsdissect's own, and captured text after them. */
export function own(style: Style, words: string, captured = ''): ShownText {
  return new ShownText(style, captured, [], words);
}

function row(style: Style, event: ConnectionEvent, time: string | undefined): Omit<Row, 'heads'> {
  const { connection, client, server } = event;
  const both = (value: (totals: DirectionTotals) => string | number): string => `${value(client)} / ${value(server)}`;
  const sent = (value: (totals: DirectionTotals) => number): string =>
    connection.source === undefined ? both(value) : '- / -';
  const cells = [
    streamName(connection),
    `${connection.client ?? '?'} / ${connection.server ?? '?'}`,
    sent(({ frames }) => frames),
    both(({ messages }) => messages),
    sent(({ bytes }) => bytes),
    ending(event),
  ];
  return { cells, details: [...details(style, event), ...(time === undefined ? [] : [own(style, time)])] };
}

/** `1000 client, fin`: the close code and who sent it first, then how TCP ended. */
function ending({ closeCode, closedBy, end }: ConnectionEvent): string {
  const close = [closeCode, closedBy].filter((part) => part !== undefined).join(' ');
  return [close, end].filter(Boolean).join(', ') || '-';
}

function details(
  style: Style,
  { handshake, client, server, tls, closeReason, findings }: ConnectionEvent,
): ShownText[] {
  const named = (name: string, value: string | undefined): ShownText | undefined =>
    value === undefined ? undefined : own(style, name === '' ? '' : `${name} `, value);
  const parts: (ShownText | string | undefined)[] = [
    named('', handshake.url),
    beganByPolling(handshake.url) ? 'began by HTTP polling' : undefined,
    handshake.state === 'accepted' ? undefined : handshakeState(handshake.state, handshake.httpStatus),
    named('origin', handshake.origin),
    handshake.subprotocol === undefined ? named('offered subprotocols', handshake.offeredSubprotocols) : undefined,
    named('subprotocol', handshake.subprotocol),
    named('extensions', handshake.extensions),
    inflated(client, server),
    client.missingBytes + server.missingBytes === 0
      ? undefined
      : `missing bytes ${client.missingBytes} / ${server.missingBytes}`,
    named('', tls === undefined ? undefined : [tls.version, tls.cipher, tls.alpn, tls.sni].filter(Boolean).join(' ')),
    named('close reason', closeReason === undefined ? undefined : decodeUtf8(closeReason)),
    findings.length === 0 ? undefined : count(findings.length, 'finding'),
  ];
  return parts.filter((part) => part !== undefined).map((part) => (typeof part === 'string' ? own(style, part) : part));
}

function handshakeState(state: string, httpStatus: number | undefined): string {
  return `handshake ${state}${httpStatus === undefined ? '' : ` (${httpStatus})`}`;
}

function inflated(client: DirectionTotals, server: DirectionTotals): string | undefined {
  if (client.compressedBytes + server.compressedBytes === 0) return undefined;
  const of = ({ compressedBytes, inflatedBytes }: DirectionTotals): string =>
    compressedBytes === 0 ? '-' : `${inflatedBytes} from ${compressedBytes}`;
  return `inflated ${of(client)} / ${of(server)}`;
}
