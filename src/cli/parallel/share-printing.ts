import { ConnectionRunner } from '../../parallel/connection-runner.js';
import { isOfReader, PartWriter } from '../../parallel/part-writer.js';
import { Seen } from '../../parallel/part-maker.js';
import type { EpochPart } from '../../parallel/protocol.js';
import type { Io } from '../terminal/io.js';
import { createMaker } from './create-maker.js';
import type { SharedTask, SharedWork } from './protocol.js';

/** Bytes that may be on their way to the main thread, of one thread. */
const MOST_ON_THEIR_WAY = 4 * 1024 * 1024;

/**
 * Begins to work on some connections of a capture.
 *
 * @param post - sends what there is to the main thread
 * @returns what does a piece of the work
 */
export async function startSharing(
  io: Io,
  { printing, settings, onTheirWay }: SharedTask,
  post: (part: EpochPart) => void,
): Promise<(work: SharedWork) => void> {
  const count = new Int32Array(onTheirWay);
  const seen = new Seen();
  let http2Connections = 0;
  const takeSeen = (): EpochPart['seen'] => {
    const before = http2Connections;
    ({ http2Connections } = runner);
    return { ...seen.take(), http2Connections: http2Connections - before };
  };
  const { maker, writer } = await createMaker(io, printing, (source, fractions = () => []) => {
    return new PartWriter(source, takeSeen, fractions, (part) => {
      const { bytes } = part;
      if (bytes !== undefined) Atomics.add(count, 0, bytes.length);
      post(part);
      for (let now = Atomics.load(count, 0); now > MOST_ON_THEIR_WAY; now = Atomics.load(count, 0)) {
        Atomics.wait(count, 0, now);
      }
    });
  });
  const runner = new ConnectionRunner(settings, {
    event: (event) => {
      seen.event(event);
      maker.event(event);
      if (isOfReader(event)) writer.object({ event });
    },
    stepOver: () => {
      maker.stepOver?.();
      writer.stepOver();
    },
  });
  return (work) => {
    if (work.say === 'epoch') {
      writer.begin(runner, work.epoch.number);
      runner.run(work.epoch);
    } else {
      runner.held.restart();
      writer.begin(runner, work.epoch);
      maker.end?.();
    }
    writer.end();
  };
}
