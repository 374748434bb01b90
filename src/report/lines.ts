import type { RecordValue } from '../output/records/record-field.js';

/**
 * What a page is given, one JSON object a line. Records of messages and connections stand there as `--json` prints them,
 * byte for byte; the line after each of them says what a page needs besides.
 */
export type ReportLine =
  | BeginLine
  | InputLine
  | OpenLine
  | MessageDetail
  | ConnectionDetail
  | GapLine
  | CallLine
  | FindingLine
  | InputEndLine
  | CheckLine
  | SummaryLine;

/** The first line. */
export interface BeginLine {
  readonly type: 'report';
  readonly version: string;
  readonly maxMessages: number;
  readonly maxPayload: number;
  /** Captures were checked: what was found comes first. */
  readonly isCheck?: true;
  /** The options that chose what is on the page, as on the command line. */
  readonly chosen?: readonly string[];
}

/** An input begins. */
interface InputLine {
  readonly type: 'input';
  /** As it was named. */
  readonly name: string;
}

/** A connection, before its first message. Its number stands in all lines that are about it. */
export interface OpenLine {
  readonly type: 'open';
  /** Its number among those of the report, from 0. */
  readonly c: number;
  readonly stream: number;
  readonly http2Stream?: number | undefined;
  readonly client?: string | undefined;
  readonly server?: string | undefined;
  readonly time?: string | undefined;
  readonly url?: string | undefined;
}

/** A frame of a message: its header in hex, where all else of it is in the record; otherwise what is not. */
export type FrameDetail =
  | string
  | {
      readonly h: string;
      /** Its payload as captured, unmasked, in base64. */
      readonly p?: string;
      /** Where bytes of it are missing: offset and length. */
      readonly g?: readonly (readonly [offset: number, length: number])[];
      readonly x?: readonly Found[];
    };

/** What a finding of a frame says. */
export interface Found {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly rfc?: string;
  readonly message: string;
  readonly packet?: number;
}

/** What belongs to the record of a message in the line before. */
export interface MessageDetail {
  readonly type: 'message-detail';
  readonly c: number;
  readonly f: readonly FrameDetail[];
  /** Frames that are not listed. */
  readonly more?: number;
  /** Bytes of the message that the record has, where that is not all. */
  readonly cut?: number;
  /** What it means is not in the record, because it is too long. */
  readonly noMeaning?: true;
}

/** What belongs to the record of a connection in the line before. */
export interface ConnectionDetail {
  readonly type: 'connection-detail';
  readonly c: number;
}

/** Bytes that were not captured. */
export interface GapLine {
  readonly type: 'gap';
  readonly c: number;
  readonly direction: 'client-to-server' | 'server-to-client';
  /** Absent where it is not known. */
  readonly length?: number | undefined;
  /** The last packet before them. */
  readonly before?: number | undefined;
  /** The packet after them. */
  readonly after: number;
  /** When something of this direction was seen last before them. */
  readonly from?: string | undefined;
  readonly time?: string | undefined;
  /** Messages of the report before it. */
  readonly row: number;
}

/** A call: its record as `calls --json` prints it, and where its answer is. */
export interface CallLine {
  readonly type: 'call';
  readonly c: number;
  /** Number of the message that answers it, from 1. */
  readonly replyRow?: number | undefined;
  readonly record: { readonly [name: string]: RecordValue };
}

/** A finding of no record. */
export interface FindingLine extends Found {
  readonly type: 'finding';
  readonly stream?: number;
  readonly http2Stream?: number;
  readonly direction?: 'client-to-server' | 'server-to-client';
  readonly offset?: number;
}

/** An input is read. */
export interface InputEndLine {
  readonly type: 'input-end';
  readonly packets?: number | undefined;
  readonly first?: string | undefined;
  readonly last?: string | undefined;
  readonly tcpConnections?: number | undefined;
  readonly isLines?: boolean | undefined;
  /** Why nothing was found. */
  readonly why?: string | undefined;
  /** Why it could not be read to its end. */
  readonly error?: string | undefined;
  readonly notLookedInto?: readonly { readonly what: string; readonly packets: number }[] | undefined;
}

/** What `check` says of an input, or of all of them. */
export interface CheckLine {
  readonly type: 'check';
  readonly file?: string;
  readonly passed: boolean;
  readonly violations: readonly (Found & {
    readonly verdict: string;
    readonly stream?: number;
    readonly direction?: string;
    readonly evidence?: readonly string[];
  })[];
  /** Those that are counted and not listed. */
  readonly unlisted: readonly { readonly code: string; readonly count: number }[];
  readonly claims: readonly {
    readonly kind: string;
    readonly name: string;
    readonly isMet: boolean;
    readonly message: string;
    readonly detail: readonly string[];
  }[];
}

/** What one side sent. */
export interface SideSummary {
  readonly messages: number;
  /** Payload bytes of its frames as sent. */
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly inflatedBytes: number;
}

/** Calls, or pings. */
export interface CallSummary {
  readonly total: number;
  readonly ok: number;
  readonly error: number;
  readonly unanswered: number;
  readonly unknown: number;
  /** Seconds that half of the answers took at most, and 95 of 100; absent where no answer has a time. */
  readonly p50?: number | undefined;
  readonly p95?: number | undefined;
  /** Answers that these are taken from, where that is not all. */
  readonly of?: number | undefined;
}

/** The last line, over all inputs. Where it is missing, the file was cut. */
export interface SummaryLine {
  readonly type: 'summary';
  readonly connections: number;
  readonly refused: number;
  readonly client: SideSummary;
  readonly server: SideSummary;
  readonly calls: CallSummary;
  readonly pings: CallSummary;
  readonly findings: Readonly<Record<'error' | 'warning' | 'note', number>>;
  readonly lost: {
    readonly gaps: number;
    readonly bytes: number;
    /** Gaps whose size is not known. */
    readonly unknownGaps: number;
    /** Messages that are not whole, by status. */
    readonly messages: Readonly<Record<string, number>>;
  };
  /** What is in the captures and not on the page. */
  readonly leftOut: {
    readonly messages: number;
    readonly connections: number;
    readonly calls: number;
    readonly gaps: number;
    readonly findings: number;
    /** Messages of which only the beginning is there. */
    readonly cut: number;
    /** Messages that the options that select do not choose. */
    readonly notChosen?: number;
  };
}
