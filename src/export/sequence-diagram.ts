import type { Direction } from '../common/finding.js';
import { count } from '../common/words.js';
import type { ConnectionRef, DissectEvent, GapEvent, MessageEvent, Wants } from '../events.js';
import { streamName } from '../events.js';
import { decodeUtf8, sanitize } from '../output/sanitize.js';
import { textCut } from '../output/text/text-payload.js';
import type { DecodeChoice } from '../subprotocol/meaning-reader.js';
import { CLOSE, opcodeName } from '../websocket/frame.js';
import type { DiagramSyntax } from './diagram-syntax.js';

/** Messages of a diagram: more would be no picture. */
const MOST_MESSAGES = 100;
/** Connections that one diagram draws. */
const MOST_CONNECTIONS = 20;
/** Characters of a message. */
const LONGEST = 60;
/** Bytes of the longest character in UTF-8. */
const LONGEST_CHARACTER = 4;

/**
 * What was said in a capture, as text that is drawn as a sequence diagram. The first messages are in it, and how many
 * more there were.
 */
export class SequenceDiagram {
  readonly #syntax: DiagramSyntax;
  readonly #decode: DecodeChoice;
  readonly #mostMessages: number;
  readonly #names = new Map<ConnectionRef, string>();
  #connections = 0;
  #messages = 0;
  #leftOut = 0;
  #file: string | undefined;

  /** @param mostMessages - those that are drawn */
  constructor(syntax: DiagramSyntax, decode: DecodeChoice, mostMessages = MOST_MESSAGES) {
    this.#syntax = syntax;
    this.#decode = decode;
    this.#mostMessages = mostMessages;
  }

  /** The events that it is to be given. */
  get wants(): Wants {
    return { frames: false, messages: true, connections: true, decode: this.#decode };
  }

  /** The first line. */
  begin(): string {
    return this.#syntax.begin;
  }

  /** An input begins. @param file - its name, where there are several */
  input(file: string | undefined): void {
    this.#file = file;
  }

  /** Takes the next event. @returns lines with their line ends */
  event(event: DissectEvent): string {
    switch (event.type) {
      case 'open': {
        const { handshake, connection } = event;
        const name = this.#nameOf(connection);
        if (name === undefined) return '';
        const status = handshake.httpStatus === undefined ? '' : ` (HTTP ${handshake.httpStatus})`;
        const refused = handshake.state === 'refused' ? `refused${status}: ` : '';
        return this.#participants(name, connection) + this.#note(name, `${refused}${handshake.url ?? handshake.state}`);
      }
      case 'message':
        return this.#message(event);
      case 'gap':
        return this.#gap(event);
      case 'connection': {
        const name = this.#names.get(event.connection);
        this.#names.delete(event.connection);
        return name === undefined || event.end === undefined ? '' : this.#note(name, `end: ${event.end}`);
      }
      default:
        return '';
    }
  }

  /** A line over both sides of a connection. @returns the line with its line end; nothing for one that is not drawn */
  note(connection: ConnectionRef, text: string): string {
    const name = this.#names.get(connection);
    return name === undefined ? '' : this.#note(name, text);
  }

  /** No more events come. @returns the last lines */
  end(): string {
    const { line, end, note, participant, text } = this.#syntax;
    if (this.#connections === 0) return line(participant('p0', text('no WebSocket connection'))) + end;
    const connections = this.#connections - MOST_CONNECTIONS;
    const parts = [
      ...(this.#leftOut > 0 ? [count(this.#leftOut, 'more message')] : []),
      ...(connections > 0 ? [count(connections, 'more connection')] : []),
    ];
    if (parts.length === 0) return end;
    const last = Math.min(this.#connections, MOST_CONNECTIONS);
    return line(note('p1c', `p${last}s`, text(`${parts.join(', ')} not drawn`))) + end;
  }

  #message({ connection, direction, message, decoded }: MessageEvent): string {
    const name = this.#names.get(connection);
    if (name === undefined || this.#messages >= this.#mostMessages) {
      this.#leftOut++;
      return '';
    }
    this.#messages++;
    const meaning = decoded?.items[0];
    const words = [meaning?.kind ?? opcodeName(message.opcode), meaning?.name ?? '', idText(meaning?.id)];
    const lost = message.status === 'ok' ? '' : ` [${message.status}]`;
    const content = contentOf(message);
    const text = `${words.filter((word) => word !== '').join(' ')}${content === '' ? '' : `: ${content}`}${lost}`;
    const isReply = meaning?.kind === 'reply' || meaning?.kind === 'error' || meaning?.kind === 'ack';
    const { line, arrow } = this.#syntax;
    const [from, to] = this.#ends(name, direction);
    return line(arrow(from, to, this.#syntax.text(shortened(text)), isReply));
  }

  #gap({ connection, direction, length }: GapEvent): string {
    const name = this.#names.get(connection);
    if (name === undefined || this.#messages >= this.#mostMessages) return '';
    const what = length === undefined ? 'bytes not captured' : `${count(length, 'byte')} not captured`;
    return this.#note(name, `${what}, ${direction.replaceAll('-', ' ')}`);
  }

  #note(name: string, text: string): string {
    const { line, note } = this.#syntax;
    return line(note(`${name}c`, `${name}s`, this.#syntax.text(shortened(text))));
  }

  /** The name of a connection in the diagram, whose two sides are written before it is used. */
  #nameOf(connection: ConnectionRef): string | undefined {
    this.#connections++;
    if (this.#connections > MOST_CONNECTIONS) return undefined;
    const name = `p${this.#connections}`;
    this.#names.set(connection, name);
    return name;
  }

  /** The lines that name the two sides of a connection. */
  #participants(name: string, connection: ConnectionRef): string {
    const { line, participant, text } = this.#syntax;
    const stream = `${this.#file === undefined ? '' : `${this.#file} `}stream ${streamName(connection)}`;
    const titleOf = (side: string, address: string | undefined): string =>
      text(shortened(`${side} ${address ?? ''}`.trim() + ` (${stream})`));
    return (
      line(participant(`${name}c`, titleOf('client', connection.client))) +
      line(participant(`${name}s`, titleOf('server', connection.server)))
    );
  }

  #ends(name: string, direction: Direction): [from: string, to: string] {
    return direction === 'client-to-server' ? [`${name}c`, `${name}s`] : [`${name}s`, `${name}c`];
  }
}

function idText(id: number | string | undefined): string {
  return id === undefined ? '' : `#${id}`;
}

function contentOf({ opcode, payload, isText, closeCode, closeReason }: MessageEvent['message']): string {
  if (opcode === CLOSE) {
    const reason = closeReason === undefined ? '' : decodeUtf8(closeReason);
    return closeCode === undefined ? '' : `${closeCode} ${reason}`.trim();
  }
  if (payload === undefined) return '';
  if (!isText) return count(payload.length, 'byte');
  return decodeUtf8(payload.subarray(0, textCut(payload, LONGEST * LONGEST_CHARACTER)));
}

/** One line that is safe to show, and no longer than a picture can have. */
function shortened(text: string): string {
  const safe = Array.from(sanitize(text));
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST).join('')}…` : safe.join('');
}
