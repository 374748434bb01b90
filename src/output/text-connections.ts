import type { ConnectionEvent, DirectionTotals, DissectEvent } from '../events.js';
import { TextOutput } from './output.js';
import { sanitize, sanitizeBytes } from './sanitize.js';
import { count } from '../common/words.js';
import type { TextOptions } from './text-layout.js';

const HEADINGS = ['stream', 'client / server', 'frames', 'messages', 'bytes', 'end', 'url and more'];
const GAP = '  ';
/** Rows that wait for others, so that they can be aligned together. */
const MOST_ROWS = 1000;

/**
 * A table with a row for each connection. In every column with a slash, the client's value stands before it and the
 * server's behind it. What only some connections have stands at the end of the row.
 */
export class TextConnections extends TextOutput {
  readonly #options: TextOptions;
  readonly #widths = HEADINGS.map(({ length }) => length);
  #rows: string[][] = [];
  #isBegun = false;

  constructor(options: TextOptions) {
    super();
    this.#options = options;
  }

  event(event: DissectEvent): void {
    if (event.type !== 'connection') return;
    const time = this.#options.clock.show(event.at, (iso) => iso);
    this.#rows.push(row(event, time));
    if (this.#rows.length >= MOST_ROWS) this.#printRows();
  }

  skip(event: DissectEvent): void {
    if (event.type === 'connection') this.#options.clock.skip(event.at);
  }

  override flush(): void {
    this.#printRows();
  }

  #printRows(): void {
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length === 0) return;
    for (const cells of rows) {
      cells.forEach((cell, column) => {
        this.#widths[column] = Math.max(this.#widths[column]!, cell.length);
      });
    }
    if (!this.#isBegun) this.print(this.#options.style.heading(this.#line(HEADINGS).trimEnd()) + '\n');
    this.#isBegun = true;
    for (const cells of rows) this.print(`${this.#line(cells)}\n`);
  }

  #line(cells: readonly string[]): string {
    const last = cells.length - 1;
    return cells.map((cell, column) => (column === last ? cell : cell.padEnd(this.#widths[column]!))).join(GAP);
  }
}

function row(event: ConnectionEvent, time: string | undefined): string[] {
  const { connection, client, server } = event;
  const both = (value: (totals: DirectionTotals) => string | number): string => `${value(client)} / ${value(server)}`;
  return [
    String(connection.stream),
    `${connection.client ?? '?'} / ${connection.server ?? '?'}`,
    both(({ frames }) => frames),
    both(({ messages }) => messages),
    both(({ bytes }) => bytes),
    ending(event),
    [...details(event), ...(time === undefined ? [] : [time])].join(GAP),
  ];
}

/** `1000 client, fin`: the close code and who sent it first, then how TCP ended. */
function ending({ closeCode, closedBy, end }: ConnectionEvent): string {
  const close = [closeCode, closedBy].filter((part) => part !== undefined).join(' ');
  return [close, end].filter(Boolean).join(', ') || '-';
}

function details({ handshake, client, server, tls, closeReason, findings }: ConnectionEvent): string[] {
  const parts: (string | undefined)[] = [
    handshake.url === undefined ? undefined : sanitize(handshake.url),
    handshake.state === 'accepted' ? undefined : handshakeState(handshake.state, handshake.httpStatus),
    named('origin', handshake.origin),
    handshake.subprotocol === undefined ? named('offered subprotocols', handshake.offeredSubprotocols) : undefined,
    named('subprotocol', handshake.subprotocol),
    named('extensions', handshake.extensions),
    inflated(client, server),
    client.missingBytes + server.missingBytes === 0
      ? undefined
      : `missing bytes ${client.missingBytes} / ${server.missingBytes}`,
    tls === undefined ? undefined : sanitize([tls.version, tls.cipher, tls.alpn, tls.sni].filter(Boolean).join(' ')),
    closeReason === undefined ? undefined : `close reason ${sanitizeBytes(closeReason)}`,
    findings.length === 0 ? undefined : count(findings.length, 'finding'),
  ];
  return parts.filter((part) => part !== undefined);
}

function handshakeState(state: string, httpStatus: number | undefined): string {
  return `handshake ${state}${httpStatus === undefined ? '' : ` (${httpStatus})`}`;
}

function named(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${name} ${sanitize(value)}`;
}

function inflated(client: DirectionTotals, server: DirectionTotals): string | undefined {
  if (client.compressedBytes + server.compressedBytes === 0) return undefined;
  const of = ({ compressedBytes, inflatedBytes }: DirectionTotals): string =>
    compressedBytes === 0 ? '-' : `${inflatedBytes} from ${compressedBytes}`;
  return `inflated ${of(client)} / ${of(server)}`;
}
