import type {
  BeginLine,
  CallLine,
  CheckLine,
  FindingLine,
  Found,
  GapLine,
  InputEndLine,
  MessageDetail,
  OpenLine,
  ReportLine,
  SummaryLine,
} from '../../lines.js';

/** The members that a page asks for of a message's record. */
export interface MessageRecord {
  readonly type: 'message';
  readonly file?: string;
  /** Absent where the input has no packets. */
  readonly packet?: number;
  readonly time?: string;
  readonly stream: number;
  readonly http2Stream?: number;
  readonly direction: 'client-to-server' | 'server-to-client';
  readonly opcode: number;
  readonly opcodeName: string;
  readonly frames?: number;
  readonly compressed: boolean;
  readonly wireLength: number | string;
  readonly length?: number | string;
  readonly text?: string;
  readonly closeCode?: number;
  readonly closeReason?: string;
  readonly base64?: string;
  readonly status: string;
  readonly missing?: number | string;
  readonly gaps?: readonly { readonly offset: number; readonly length: number }[];
  readonly decoded?: Meaning & { readonly protocol: string; readonly by: string; readonly items?: readonly Meaning[] };
  readonly findings?: readonly Found[];
}

/** What a message means. */
interface Meaning {
  readonly kind?: string;
  readonly name?: string;
  readonly id?: number | string;
  readonly channel?: string;
  readonly raw?: string;
}

/** The members that a page asks for of a connection's record. */
export interface ConnectionRecord {
  readonly type: 'connection';
  readonly time?: string;
  readonly endTime?: string;
  readonly duration?: number;
  readonly handshake: string;
  readonly httpStatus?: number;
  readonly url?: string;
  readonly subprotocol?: string;
  readonly extensions?: string;
  readonly clientMissingBytes: number;
  readonly serverMissingBytes: number;
  readonly clientMessages?: number;
  readonly serverMessages?: number;
  readonly closeCode?: number;
  readonly closeReason?: string;
  readonly closedBy?: string;
  readonly end?: string;
}

/** The members that a page asks for of a call's record. */
interface CallRecord {
  readonly protocol: string;
  readonly name?: string;
  readonly id?: number | string;
  readonly channel?: string;
  readonly from: 'client' | 'server';
  readonly packet?: number;
  readonly time?: string;
  readonly replyPacket?: number;
  readonly replyTime?: string;
  readonly seconds?: number;
  readonly outcome: string;
}

/** A message of the page. */
export interface Row {
  /** From 1, over all of the page. */
  readonly number: number;
  readonly connection: Connection;
  readonly record: MessageRecord;
  /** Its record as `--json` prints it. */
  readonly line: string;
  detail: MessageDetail;
  /** Seconds since the first time of the page; `undefined` where the capture has none. */
  readonly at: number | undefined;
  /** Seconds since the message before it. */
  readonly delta: number | undefined;
  readonly isFromClient: boolean;
  /** The call that it makes, and the one that it answers. */
  call?: Call;
  answered?: Call;
}

/** A call, with its messages where they are known. */
export interface Call {
  readonly record: CallRecord;
  readonly connection: Connection;
  row?: Row;
  reply?: Row;
  readonly at: number | undefined;
  readonly replyAt: number | undefined;
}

/** Bytes that were not captured. */
export interface Gap {
  readonly line: GapLine;
  readonly connection: Connection;
  readonly from: number | undefined;
  readonly at: number | undefined;
}

/** A connection of the page. */
export interface Connection {
  readonly number: number;
  /** `0`, or `0.5`; with the number of the input before it where there are several. */
  name: string;
  readonly input: Input;
  readonly open: OpenLine;
  readonly at: number | undefined;
  record: ConnectionRecord | undefined;
  readonly rows: Row[];
  readonly gaps: Gap[];
  readonly calls: Call[];
  /** Findings of errors on it, those of its messages included. */
  errors: number;
}

/** Messages that a connection had, on the page or not; where that is not known, those that are. */
export function messagesOf({ record, rows }: Connection): number {
  return Math.max(rows.length, (record?.clientMessages ?? 0) + (record?.serverMessages ?? 0));
}

/** An input of the report. */
export interface Input {
  readonly number: number;
  readonly name: string;
  end: InputEndLine | undefined;
}

/** A finding, and what it is about. */
export interface ShownFinding {
  readonly found: Found & Partial<FindingLine>;
  readonly connection: Connection | undefined;
  readonly row: Row | undefined;
}

/** Everything that the page shows. */
export interface Model {
  begin: BeginLine | undefined;
  readonly inputs: Input[];
  readonly connections: Connection[];
  readonly rows: Row[];
  readonly gaps: Gap[];
  readonly calls: Call[];
  readonly findings: ShownFinding[];
  readonly checks: CheckLine[];
  summary: SummaryLine | undefined;
  /** The last time of the page, in seconds since the first. */
  last: number;
}

/** Builds the model from the lines of the data, one by one. */
export class ModelReader {
  readonly model: Model = {
    ...{ begin: undefined, inputs: [], connections: [], rows: [], gaps: [], calls: [], findings: [], checks: [] },
    ...{ summary: undefined, last: 0 },
  };
  readonly #clock = new Clock();
  #message: { readonly record: MessageRecord; readonly line: string } | undefined;
  #connection: ConnectionRecord | undefined;
  #lastAt: number | undefined;
  /** The connections of the input, by their streams; the last one of each. */
  readonly #byStream = new Map<string, Connection>();

  line(text: string): void {
    const line = JSON.parse(text) as ReportLine | MessageRecord | ConnectionRecord;
    const { model } = this;
    switch (line.type) {
      case 'report':
        model.begin = line;
        return;
      case 'input':
        model.inputs.push({ number: model.inputs.length, name: line.name, end: undefined });
        this.#lastAt = undefined;
        this.#byStream.clear();
        return;
      case 'open':
        this.#open(line);
        return;
      case 'message':
        this.#message = { record: line, line: text };
        return;
      case 'message-detail':
        this.#row(line);
        return;
      case 'connection':
        this.#connection = line;
        return;
      case 'connection-detail':
        model.connections[line.c]!.record = this.#connection;
        this.#clock.seconds(this.#connection?.endTime);
        return;
      case 'gap':
        this.#gap(line);
        return;
      case 'call':
        this.#call(line);
        return;
      case 'finding':
        this.#finding(line);
        return;
      case 'input-end':
        this.#input.end = line;
        return;
      case 'check':
        model.checks.push(line);
        return;
      case 'summary':
        model.summary = line;
        return;
    }
  }

  /** No more lines come. */
  end(): Model {
    const { model } = this;
    model.last = this.#clock.last;
    if (model.inputs.length > 1) {
      for (const connection of model.connections) connection.name = `${connection.input.number + 1}:${connection.name}`;
    }
    for (const { calls, rows } of model.connections) joinCalls(calls, rows);
    return model;
  }

  get #input(): Input {
    return this.model.inputs.at(-1)!;
  }

  #open(line: OpenLine): void {
    const connection: Connection = {
      ...{ number: line.c, name: streamName(line), input: this.#input, open: line, at: this.#clock.seconds(line.time) },
      ...{ record: undefined, rows: [], gaps: [], calls: [], errors: 0 },
    };
    this.model.connections.push(connection);
    this.#byStream.set(connection.name, connection);
  }

  #row(detail: MessageDetail): void {
    const { record, line } = this.#message!;
    const connection = this.model.connections[detail.c]!;
    const at = this.#clock.seconds(record.time);
    const delta = at === undefined || this.#lastAt === undefined ? undefined : at - this.#lastAt;
    this.#lastAt = at;
    const { rows } = this.model;
    const isFromClient = record.direction === 'client-to-server';
    const row: Row = { number: rows.length + 1, connection, record, line, detail, at, delta, isFromClient };
    rows.push(row);
    connection.rows.push(row);
    for (const found of record.findings ?? []) this.#found({ found, connection, row });
    for (const frame of detail.f) {
      if (typeof frame === 'object') for (const found of frame.x ?? []) this.#found({ found, connection, row });
    }
  }

  #gap(line: GapLine): void {
    const connection = this.model.connections[line.c]!;
    const gap = { line, connection, from: this.#clock.seconds(line.from), at: this.#clock.seconds(line.time) };
    connection.gaps.push(gap);
    this.model.gaps.push(gap);
  }

  #call(line: CallLine): void {
    const connection = this.model.connections[line.c]!;
    const record = line.record as unknown as CallRecord;
    const reply = line.replyRow === undefined ? undefined : this.model.rows[line.replyRow - 1];
    const call: Call = {
      ...{ record, connection, at: this.#clock.seconds(record.time), replyAt: this.#clock.seconds(record.replyTime) },
      ...(reply === undefined ? {} : { reply }),
    };
    connection.calls.push(call);
    this.model.calls.push(call);
  }

  #finding(line: FindingLine): void {
    const connection = line.stream === undefined ? undefined : this.#byStream.get(streamName(line));
    this.#found({ found: line, connection, row: undefined });
  }

  #found(finding: ShownFinding): void {
    this.model.findings.push(finding);
    if (finding.found.severity === 'error' && finding.connection !== undefined) finding.connection.errors++;
  }
}

/** `0`, or `0.5` for stream 5 of HTTP/2. */
function streamName({ stream, http2Stream }: Partial<Pick<OpenLine, 'stream' | 'http2Stream'>>): string {
  return http2Stream === undefined ? String(stream) : `${stream}.${http2Stream}`;
}

/** Finds the messages that make calls, among those that came with the same packet, or at the same time. */
function joinCalls(calls: readonly Call[], rows: readonly Row[]): void {
  if (calls.length === 0) return;
  const together = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row.record);
    const others = together.get(key);
    if (others === undefined) together.set(key, [row]);
    else others.push(row);
  }
  for (const call of calls) joinCall(call, together.get(keyOf(call.record)) ?? []);
}

function keyOf({ packet, time }: { readonly packet?: number; readonly time?: string }): string {
  return packet === undefined ? (time ?? '') : String(packet);
}

/**
 * Finds the message that makes a call: the one that has the call's own name and id. Of pings it is the one with the
 * payload of the pong. Where several could be it, none is said to be.
 */
function joinCall(call: Call, rows: readonly Row[]): void {
  const { record, reply } = call;
  if (reply !== undefined) reply.answered = call;
  const candidates = rows.filter(
    (row) => row.call === undefined && row.isFromClient === (record.from === 'client') && makes(row, call),
  );
  const [row] = candidates;
  if (row === undefined || candidates.length > 1) return;
  row.call = call;
  call.row = row;
}

const PING = 9;

function makes({ record }: Row, call: Call): boolean {
  if (call.record.protocol === 'websocket') {
    return record.opcode === PING && (call.reply === undefined || call.reply.record.base64 === record.base64);
  }
  const { decoded } = record;
  return (decoded?.items ?? (decoded === undefined ? [] : [decoded])).some(
    ({ id, name, channel }) => id === call.record.id && name === call.record.name && channel === call.record.channel,
  );
}

/** Turns times into seconds since the first one, which keep what a capture tells of them. */
class Clock {
  #first: number | undefined;
  #second = '';
  #ofSecond = 0;
  last = 0;

  seconds(time: string | undefined): number | undefined {
    if (time === undefined) return undefined;
    const point = time.lastIndexOf('.');
    const second = time.slice(0, point);
    if (second !== this.#second) {
      this.#second = second;
      this.#ofSecond = Date.parse(`${second}Z`) / 1000;
    }
    this.#first ??= this.#ofSecond;
    const at = this.#ofSecond - this.#first + Number(time.slice(point, -1));
    if (at > this.last) this.last = at;
    return at;
  }
}
