import type {
  BeginLine,
  CheckLine,
  FindingLine,
  Found,
  GapLine,
  InputEndLine,
  MessageDetail,
  OpenLine,
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
export interface CallRecord {
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
