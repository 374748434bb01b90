import type { Finding } from '../common/finding.js';
import type { ConnectionSink, End, Side } from '../common/sink.js';
import type { Moment } from '../common/moment.js';
import type { SideState } from './side-state.js';

/** Gives to a sink what follows the handshake. */
export class Outlet {
  readonly sink: ConnectionSink;
  readonly #ended = [false, false];

  /** @param early - findings of the connection from before there was a sink */
  constructor(sink: ConnectionSink, early: readonly { side: Side; finding: Finding }[]) {
    this.sink = sink;
    for (const { side, finding } of early) sink.finding(side, finding);
  }

  /**
   * Gives all that waits in a side's queue to the sink, its end too.
   *
   * @param stopAt - tells the chunks that are not for the sink: the queue then begins with this chunk
   * @returns whether it stopped
   */
  drain(side: Side, state: SideState, stopAt: (chunk: Buffer) => boolean): boolean {
    if (state.gap !== undefined) {
      this.sink.gap(side, state.gap.length, state.gap.at);
      state.gap = undefined;
    }
    const { queue } = state;
    while (!queue.isEmpty) {
      const gap = queue.takeGap();
      if (gap !== undefined) {
        this.sink.gap(side, gap.length, gap.at);
        continue;
      }
      const { bytes, at } = queue.peekChunk()!;
      if (stopAt(bytes)) return true;
      // The sink may keep views of what it gets, and the queue writes over its memory.
      const copy = Buffer.from(bytes);
      queue.skip(bytes.length);
      this.sink.bytes(side, copy, at);
    }
    if (state.ended !== undefined) this.end(side, state.ended.how, state.ended.at);
    return false;
  }

  /** Tells the sink, once, that nothing more comes from a side. */
  end(side: Side, how: End, at: Moment): void {
    if (this.#ended[side] === true) return;
    this.#ended[side] = true;
    this.sink.end(side, how, at);
  }
}
