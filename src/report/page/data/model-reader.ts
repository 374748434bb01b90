import type { CallLine, FindingLine, GapLine, MessageDetail, OpenLine, ReportLine } from '../../lines.js';
import { joinCalls } from './join-calls.js';
import type {
  Call,
  CallRecord,
  Connection,
  ConnectionRecord,
  Input,
  MessageRecord,
  Model,
  Row,
  ShownFinding,
} from './model.js';

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
