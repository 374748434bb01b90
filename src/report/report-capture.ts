import type { Direction } from '../common/finding.js';
import { formatTime, type PacketTime } from '../common/packet-time.js';
import type { ConnectionEvent, ConnectionRef, DissectEvent, GapEvent, MessageEvent, OpenEvent } from '../events.js';
import { CallEvents, type CallOnConnection } from '../output/call-events.js';
import { CALL_FIELDS } from '../output/records/call-fields.js';
import { writeMessage } from '../output/json/json-message.js';
import { JsonRecordWriter } from '../output/json/json-record.js';
import { readFields } from '../output/records/record-field.js';
import { toRecord } from '../output/records/record-fields.js';
import { FrameDetails, type FrameBudget } from './frame-details.js';
import type { CallLine, ConnectionDetail, GapLine, MessageDetail, OpenLine } from './lines.js';
import type { ReportState } from './report-state.js';
import { shortened } from './shortened.js';

/** Connections, calls, gaps and findings that a page has: enough for one to look through. */
const MOST_CONNECTIONS = 10_000;
const MOST_CALLS = 100_000;
const MOST_GAPS = 10_000;
const MOST_FINDINGS = 10_000;

/** What is kept of a connection that a page shows. */
interface Shown {
  readonly number: number;
  readonly frames: FrameDetails;
  /** When something of each direction was seen last. */
  readonly last: Partial<Record<Direction, PacketTime>>;
}

/** Says of a message whether it is to be on the page. */
export type MessageChoice = (event: MessageEvent) => boolean;

/** Turns the events of one capture into lines of a page. */
export class ReportCapture {
  readonly #state: ReportState;
  readonly #file: string | undefined;
  readonly #writer: JsonRecordWriter;
  readonly #connections = new Map<ConnectionRef, Shown>();
  readonly #budget: FrameBudget = { bytes: 0 };
  readonly #calls = new CallEvents((call) => this.#call(call));
  readonly #isChosen: MessageChoice | undefined;
  /** When the messages came that were chosen. */
  readonly #chosenTimes = new WeakSet<PacketTime>();
  /** The message that is being shown, which may answer a call. */
  #row: number | undefined;

  /**
   * @param file - the value of `file` in records; `undefined` for none
   * @param isChosen - which messages are to be on the page; all where this is not given
   */
  constructor(state: ReportState, file: string | undefined, isChosen?: MessageChoice) {
    this.#state = state;
    this.#isChosen = isChosen;
    this.#file = file;
    this.#writer = new JsonRecordWriter('message', file);
  }

  event(event: DissectEvent): void {
    this.#state.summary.event(event);
    switch (event.type) {
      case 'open':
        this.#open(event);
        return;
      case 'frame':
        this.#connections.get(event.connection)?.frames.frame(event);
        return;
      case 'message':
        this.#message(event);
        break;
      case 'gap':
        this.#gap(event);
        break;
      case 'connection':
        this.#calls.event(event);
        this.#connection(event);
        return;
      case 'finding':
        if (this.#state.add('findings', MOST_FINDINGS)) this.#state.lines.line(toRecord(event, this.#file));
        return;
      case 'learned':
        return;
    }
    // A call that a message answers stands after it.
    this.#calls.event(event);
    this.#row = undefined;
  }

  end(): void {
    this.#calls.end();
  }

  #open({ connection, at, handshake }: OpenEvent): void {
    const { limits, lines } = this.#state;
    const number = this.#state.shown('connections');
    if (!this.#state.add('connections', MOST_CONNECTIONS)) return;
    this.#connections.set(connection, {
      number,
      frames: new FrameDetails(limits.maxPayload, this.#budget),
      last: {},
    });
    const line: OpenLine = { type: 'open', c: number, ...connection, time: formatTime(at), url: handshake.url };
    lines.line(line);
  }

  #message(event: MessageEvent): void {
    const { maxMessages, maxPayload } = this.#state.limits;
    const connection = this.#connections.get(event.connection);
    const frames = connection?.frames.message(event);
    if (this.#isChosen !== undefined) {
      if (!this.#isChosen(event)) {
        this.#state.leaveUnchosen();
        return;
      }
      this.#chosenTimes.add(event.message.at);
    }
    if (!this.#state.add('messages', connection === undefined ? 0 : maxMessages)) return;
    if (connection === undefined || frames === undefined) return;
    const { event: shown, leftOut } = shortened(event, maxPayload);
    if (shown !== event) this.#state.addCut();
    connection.last[event.direction] = event.message.at;
    writeMessage(this.#writer, shown);
    const { lines } = this.#state;
    for (const piece of this.#writer.pieces()) lines.bytes(piece);
    const detail: MessageDetail = { type: 'message-detail', c: connection.number, ...frames, ...leftOut };
    lines.line(detail);
    this.#row = this.#state.shown('messages');
  }

  #gap({ connection, direction, length, before, after }: GapEvent): void {
    const shown = this.#connections.get(connection);
    if (!this.#state.add('gaps', shown === undefined ? 0 : MOST_GAPS) || shown === undefined) return;
    const last = shown.last[direction];
    const line: GapLine = {
      ...{ type: 'gap', c: shown.number, direction, length, before, after: after.packet },
      ...{ from: last && formatTime(last), time: formatTime(after), row: this.#state.shown('messages') },
    };
    this.#state.lines.line(line);
  }

  #connection(event: ConnectionEvent): void {
    const shown = this.#connections.get(event.connection);
    if (shown === undefined) return;
    shown.frames.end();
    this.#connections.delete(event.connection);
    const { lines } = this.#state;
    const detail: ConnectionDetail = { type: 'connection-detail', c: shown.number };
    lines.line(toRecord(event, this.#file));
    lines.line(detail);
  }

  #call(ended: CallOnConnection): void {
    this.#state.summary.call(ended.call);
    const shown = this.#connections.get(ended.connection);
    // Who is not shown the question is not shown the call.
    if (this.#isChosen !== undefined && !this.#chosenTimes.has(ended.call.at)) {
      this.#state.leaveCall();
      return;
    }
    if (!this.#state.add('calls', shown === undefined ? 0 : MOST_CALLS) || shown === undefined) return;
    const line: CallLine = {
      type: 'call',
      c: shown.number,
      ...(ended.call.replyAt === undefined ? {} : { replyRow: this.#row }),
      record: readFields(CALL_FIELDS, { ...ended, file: this.#file }),
    };
    this.#state.lines.line(line);
  }
}
