import type { RecordedHead, RecordedItem, RecordedMessage, RecordedOpening } from './capture/recorded.js';
import { finding, type Finding } from './common/finding.js';
import type { HeldBytes } from './common/held-bytes.js';
import type { Limits } from './common/limits.js';
import type { ConnectionRef, DirectionTotals, NewEvent, Wants } from './events.js';
import { NewMessageEvent } from './frame-events.js';
import { tellChoice, tellOffer, type ToldHandshake } from './http/describe-handshake.js';
import type { Handshake, HttpHead } from './http/handshake.js';
import { indexFields } from './http/messages/head.js';
import { recordedMessage } from './message/recorded-message.js';
import { ConnectionMeaning } from './subprotocol/connection-meaning.js';
import { pollingFinding } from './subprotocol/polling.js';
import { decodeClose } from './websocket/close.js';
import { CLOSE } from './websocket/frame.js';

/** What the conversations of a recording need to know. */
export interface RecordedContext {
  readonly limits: Limits;
  readonly held: HeldBytes;
  readonly wants: Wants;
  /** The only connection that is read; `undefined` for all. */
  readonly stream: number | undefined;
  readonly emit: (event: NewEvent) => void;
  /** The number of the next connection. */
  readonly reserveStream: () => number;
}

/** What was seen of a recording. */
export interface SeenInRecording {
  connections: number;
  messages: number;
  /** What is no WebSocket connection. */
  others: number;
}

/** What one side sent. */
class RecordedTotals implements DirectionTotals {
  readonly frames = 0;
  messages = 0;
  readonly bytes = 0;
  readonly missingBytes = 0;
  readonly compressedBytes = 0;
  readonly inflatedBytes = 0;
}

/** A close that was noted. */
interface NotedClose {
  readonly closeCode: number | undefined;
  readonly closeReason: Buffer | undefined;
  readonly closedBy: 'client' | 'server';
}

/** Turns the messages that a program has noted into events. Frames are not made up: there are none. */
export class RecordedConversations {
  readonly #context: RecordedContext;
  readonly #open = new Map<number, RecordedConversation>();
  readonly seen: SeenInRecording = { connections: 0, messages: 0, others: 0 };

  constructor(context: RecordedContext) {
    this.#context = context;
  }

  item(item: RecordedItem): void {
    switch (item.kind) {
      case 'open': {
        this.seen.connections++;
        const stream = this.#context.reserveStream();
        const isWanted = this.#context.stream === undefined || this.#context.stream === stream;
        if (isWanted) this.#open.set(item.id, new RecordedConversation(this.#context, stream, item.opening));
        return;
      }
      case 'learned':
        this.#open.get(item.id)?.learn(item.opening);
        return;
      case 'message':
        this.seen.messages++;
        this.#open.get(item.id)?.message(item.message);
        return;
      case 'close':
        this.#open.get(item.id)?.end();
        this.#open.delete(item.id);
        return;
      case 'other':
        this.seen.others += item.count;
    }
  }
}

class RecordedConversation {
  readonly #context: RecordedContext;
  readonly #connection: ConnectionRef;
  readonly #client = new RecordedTotals();
  readonly #server = new RecordedTotals();
  readonly #meaning: ConnectionMeaning | undefined;
  #opening: RecordedOpening;
  #handshake: Handshake;
  #close: NotedClose | undefined;

  constructor(context: RecordedContext, stream: number, opening: RecordedOpening) {
    this.#context = context;
    this.#opening = opening;
    this.#connection = { stream, client: undefined, server: undefined, source: 'har' };
    this.#handshake = handshakeOf(opening);
    this.#emit({ type: 'open', connection: this.#connection, at: opening.at, handshake: this.#handshake });
    const { wants, limits, held } = context;
    this.#tellPolling(undefined);
    const { decode = 'off' } = wants;
    if (!wants.messages || decode === 'off') return;
    this.#meaning = new ConnectionMeaning(this.#handshake, decode, limits, held, (found) => this.#report(found));
  }

  learn(opening: RecordedOpening): void {
    const { url } = this.#handshake;
    this.#opening = opening;
    this.#handshake = handshakeOf(opening);
    this.#meaning?.learn(this.#handshake);
    this.#emit({ type: 'learned', connection: this.#connection, handshake: this.#handshake });
    this.#tellPolling(url);
  }

  /** @param before - the URL as it was known before */
  #tellPolling(before: string | undefined): void {
    const found = pollingFinding(before) === undefined ? pollingFinding(this.#handshake.url) : undefined;
    if (found !== undefined) this.#report(found);
  }

  message(recorded: RecordedMessage): void {
    const { isFromClient, opcode, payload } = recorded;
    const direction = isFromClient ? 'client-to-server' : 'server-to-client';
    (isFromClient ? this.#client : this.#server).messages++;
    if (opcode === CLOSE) {
      const body = payload === undefined ? undefined : decodeClose(payload);
      const closedBy = isFromClient ? ('client' as const) : ('server' as const);
      this.#close ??= {
        closeCode: body?.code,
        closeReason: body === undefined || body.reason.length === 0 ? undefined : body.reason,
        closedBy,
      };
    }
    if (!this.#context.wants.messages) return;
    const message = recordedMessage(recorded);
    const decoded = this.#meaning?.message(direction, message);
    this.#emit(
      new NewMessageEvent(this.#connection, direction, message, undefined, decoded, this.#meaning?.isPart ?? false),
    );
  }

  end(): void {
    this.#meaning?.end();
    if (!this.#context.wants.connections) return;
    this.#emit({
      type: 'connection',
      connection: this.#connection,
      at: this.#opening.at,
      handshake: this.#handshake,
      client: this.#client,
      server: this.#server,
      closeCode: this.#close?.closeCode,
      closeReason: this.#close?.closeReason,
      closedBy: this.#close?.closedBy,
      end: undefined,
      ended: undefined,
      communityId: undefined,
      tls: undefined,
      findings: this.#handshake.findings,
    });
  }

  #emit(event: NewEvent): void {
    this.#context.emit(event);
  }

  #report(found: Finding): void {
    const { code, message } = found;
    this.#emit({ type: 'finding', finding: finding(code, message, { stream: this.#connection.stream }) });
  }
}

/** What a recorder's notes tell of a handshake. They are not its bytes: whether those break a rule is not known. */
function handshakeOf({ url, request, response, status, isHttp2 }: RecordedOpening): Handshake {
  const asked = request && headOf(request);
  const answered = response && headOf(response);
  const told = { state: stateOf(status, isHttp2, asked, url), client: 0 } as ToldHandshake;
  if (asked !== undefined) told.request = asked;
  if (answered !== undefined) told.response = answered;
  if (status !== undefined) told.httpStatus = status;
  if (url !== undefined) told.url = url.replace(/^http(s?):/i, 'ws$1:');
  if (asked !== undefined) tellOffer(told, indexFields(asked), true);
  if (answered !== undefined) tellChoice(told, indexFields(answered));
  told.findings = [];
  return told;
}

function stateOf(
  status: number | undefined,
  isHttp2: boolean,
  request: HttpHead | undefined,
  url: string | undefined,
): Handshake['state'] {
  if (status === undefined) return request === undefined && url === undefined ? 'not-captured' : 'incomplete';
  const isAccepted = status === 101 || (isHttp2 && status >= 200 && status < 300);
  return isAccepted ? 'accepted' : 'refused';
}

function headOf({ startLine, fields, isCut }: RecordedHead): HttpHead {
  return isCut ? { startLine, fields, cut: true } : { startLine, fields };
}
