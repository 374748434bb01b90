import type { WsdissectError } from '../../common/error.js';
import type { Limits } from '../../common/limits.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { CaptureInputOptions } from '../capture-input.js';
import type { CaptureSink } from '../packet.js';

/** A file that is read as a part of one capture. */
export interface JoinedFile {
  readonly name: string;
  /** The time of its first packet; `undefined` where it has none, or where that is not known. */
  readonly first?: PacketTime | undefined;
  /** TLS secrets may stand in it. */
  readonly mayHoldSecrets?: boolean;
  /** Why it is known to be missing. */
  readonly missing?: string;
  /** Opens it, when its turn has come. */
  read(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** How files are joined. */
export interface JoinOptions {
  /** Packets of all files in the order of their times, as mergecap merges; else one file after the other. */
  readonly sorted?: boolean;
  /** Told of a file that cannot be read. The others are. */
  readonly failed?: (name: string, error: WsdissectError) => void;
  /** No further file is to be opened. */
  readonly isStopped?: () => boolean;
  /** Told where something was left unread for that. */
  readonly stopped?: () => void;
}

/** Several files that are one capture: what one program wrote into one file after the other, or two wrote at a time. */
export class JoinedCaptures {
  readonly files: readonly JoinedFile[];
  readonly options: JoinOptions;

  constructor(files: readonly JoinedFile[], options: JoinOptions = {}) {
    this.files = files;
    this.options = options;
  }
}

/** What takes the contents of joined files, and how each of them is read. */
export interface JoinContext {
  readonly sink: CaptureSink;
  readonly limits: Limits;
  readonly input: CaptureInputOptions;
}
