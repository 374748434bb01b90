import type { Direction } from '../common/finding.js';
import { COUNT_LIMITS, type Allotment } from '../common/limits.js';
import type { ConnectionRef, DissectEvent, MessageEvent } from '../events.js';
import { ConnectionCalls, type Call } from '../subprotocol/calls.js';
import { CLOSE, PING, PONG } from '../websocket/frame.js';

/** A call and its connection. */
export interface CallOnConnection {
  readonly connection: ConnectionRef;
  readonly call: Call;
}

const EMPTY = Buffer.alloc(0);

/** Finds the calls in the events of a capture: messages, gaps and connections. */
export class CallEvents {
  readonly #connections = new Map<ConnectionRef, ConnectionCalls>();
  readonly #ended: (call: CallOnConnection) => void;
  readonly #open: Allotment;
  /** Those that were asked for last: what comes next is mostly of the same connection. */
  #last: ConnectionRef | undefined = undefined;
  #lastCalls: ConnectionCalls | undefined = undefined;

  /**
   * @param ended - takes each call as soon as it is known what became of it
   * @param open - bytes that open calls may take, together with those that others find
   */
  constructor(ended: (call: CallOnConnection) => void, open: Allotment = { left: COUNT_LIMITS.openCallBytes }) {
    this.#open = open;
    this.#ended = ended;
  }

  event(event: DissectEvent): void {
    switch (event.type) {
      case 'message':
        this.#message(event);
        return;
      case 'gap':
        this.#callsOf(event.connection).lost(event.direction);
        return;
      case 'connection':
        this.#connections.get(event.connection)?.end();
        this.#connections.delete(event.connection);
        this.#last = undefined;
        return;
      default:
        return;
    }
  }

  /** Messages of a direction came, up to a packet, of which nothing is understood. */
  unread(connection: ConnectionRef, direction: Direction, packet: number): void {
    this.#callsOf(connection).lost(direction, { packet });
  }

  /** The capture is over. @param next - is told whose calls come next */
  end(next?: (connection: ConnectionRef) => void): void {
    for (const [connection, calls] of this.#connections) {
      next?.(connection);
      calls.end();
    }
    this.#connections.clear();
    this.#last = undefined;
  }

  #message({ connection, direction, message, decoded, isPart = false }: MessageEvent): void {
    const { opcode, status, payload = EMPTY, at } = message;
    const calls = this.#callsOf(connection);
    if (status !== 'ok') calls.lost(direction, at);
    else if (opcode === PING) calls.ping(direction, at, payload);
    else if (opcode === PONG) calls.pong(direction, at, payload);
    else if (decoded !== undefined) calls.message(direction, at, decoded);
    // What is not understood may be an answer.
    else if (opcode < CLOSE && !isPart) calls.lost(direction, at);
    else calls.seen(direction, at);
  }

  #callsOf(connection: ConnectionRef): ConnectionCalls {
    if (this.#last === connection) return this.#lastCalls!;
    let calls = this.#connections.get(connection);
    if (calls === undefined) {
      calls = new ConnectionCalls((call) => this.#ended({ connection, call }), this.#open);
      this.#connections.set(connection, calls);
    }
    this.#last = connection;
    this.#lastCalls = calls;
    return calls;
  }
}
