import type { SharedCheck } from './makers/check-maker.js';
import type { CaptureFile } from '../input/capture-files.js';
import type { CallsOptions } from '../options/calls-options.js';
import type { DiffOptions } from '../options/diff-options.js';
import type { ExplainOptions } from '../options/explain-options.js';
import type { ExportOptions } from '../options/export-options.js';
import type { FollowOptions } from '../options/follow-options.js';
import type { RecordsOptions } from '../options/printing-options.js';
import type { StatsOptions } from '../options/stats-options.js';
import type { SaidElsewhere } from '../../diff/said.js';
import type { RecordType } from '../../output/records/record-field.js';
import type { PartMemory } from '../../parallel/part-buffers.js';
import type { ConnectionSettings, Epoch, EpochPart } from '../../parallel/protocol.js';

/** Records of one type that are printed. */
export interface RecordPrinting {
  readonly what: RecordType;
  readonly options: RecordsOptions;
}

/** Calls that are printed. */
interface CallsPrinting {
  readonly what: 'call';
  readonly options: CallsOptions;
}

/** A transcript that is printed. */
interface FollowPrinting {
  readonly what: 'follow';
  readonly options: FollowOptions;
}

/** What is printed of whole inputs, each in a thread. */
export type Printing =
  | RecordPrinting
  | CallsPrinting
  | FollowPrinting
  | { readonly what: 'explain'; readonly options: ExplainOptions }
  | { readonly what: 'stats'; readonly options: StatsOptions };

/** What several threads make of the connections of one input. */
export type SharedMaking =
  | Printing
  | { readonly what: 'export'; readonly options: ExportOptions }
  | { readonly what: 'check'; readonly options: SharedCheck };

/** One input to print. It goes to a thread of its own, so it is plain data. */
export interface PrintingTask {
  readonly printing: Printing;
  readonly input: CaptureFile;
  /** Its number among the inputs, from 0. */
  readonly index: number;
  /** There is no other. */
  readonly isOne: boolean;
}

/** What a thread is to make of the connections that it is given. */
export interface SharedTask {
  readonly making: SharedMaking;
  readonly settings: ConnectionSettings;
  /** Where it puts its bytes. */
  readonly memory: PartMemory;
}

/** One of the two inputs of `diff`. */
export interface SaidTask {
  readonly name: string;
  readonly options: DiffOptions;
  /** An empty file for what it says. */
  readonly descriptor: number;
}

/** An error that goes to another thread. */
interface ErrorWords {
  readonly code: string;
  readonly message: string;
}

/** What the main thread says to another. */
export type ToWorker =
  | { readonly say: 'print'; readonly task: PrintingTask; readonly error?: ErrorWords }
  | { readonly say: 'said'; readonly task: SaidTask }
  | { readonly say: 'share'; readonly task: SharedTask }
  | SharedWork
  | { readonly say: 'taken' }
  | { readonly say: 'interrupt' };

/** What a thread does with connections: the steps of an epoch or, after the last one, what is left to be told. */
export type SharedWork =
  { readonly say: 'epoch'; readonly epoch: Epoch } | { readonly say: 'end'; readonly epoch: number };

/** What a thread says to the main one, in the order in which it happens. */
export type FromWorker =
  | { readonly say: 'write'; readonly bytes: Uint8Array }
  | { readonly say: 'part'; readonly part: EpochPart }
  | { readonly say: 'said'; readonly said: SaidElsewhere | undefined; readonly exitCode: number }
  | { readonly say: 'failed'; readonly error: ErrorWords }
  | { readonly say: 'report'; readonly text: string }
  | { readonly say: 'done'; readonly exitCode: number };
