import type { Consumer } from '../../../consumer.js';
import type { CallOnConnection } from '../../../output/call-events.js';
import type { MergedConsumer } from '../../parallel/merged-consumer.js';
import type { NamedInput } from '../reading/read-captures.js';

/** What the events of captures are written to. */
export interface ExportTarget {
  begin(): Promise<void>;
  /**
   * What the events of a capture are given to.
   *
   * @param hasCall - which calls are written, where it writes calls; all where this is not given
   */
  capture(input: NamedInput, hasCall?: (call: CallOnConnection) => boolean): Consumer;
  /** What takes of a capture what other threads have made; not there where this thread has to see its events. */
  merged?(): MergedConsumer;
  end(): Promise<void>;
  /** Gives back what it holds; also after an error. */
  close(): void;
}

/** What is exported of a capture. */
export const EXPORTED = { frames: false, messages: true, connections: true };
