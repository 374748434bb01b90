import type { DissectEvent } from '../../events.js';

/** What the events of captures are written to. */
export interface ExportTarget {
  /** Which events are wanted beside findings. */
  readonly want: { readonly messages: boolean; readonly connections: boolean };
  begin(): Promise<void>;
  /** @param input - its name, and its number from 0 */
  event(event: DissectEvent, input: { readonly name: string; readonly index: number }): Promise<void>;
  end(): Promise<void>;
  /** Gives back what it holds; also after an error. */
  close(): void;
}
