import { ConnectionRunner } from '../../parallel/connection-runner.js';
import { isOfReader, PartWriter, type PartPost } from '../../parallel/part-writer.js';
import { Seen } from '../../parallel/part-maker.js';
import type { EpochPart } from '../../parallel/protocol.js';
import type { Io } from '../terminal/io.js';
import { createMaker } from './makers/create-maker.js';
import type { SharedTask, SharedWork } from './protocol.js';

/**
 * Begins to work on some connections of a capture.
 *
 * @param post - sends what there is to the thread that puts it together
 * @returns what does a piece of the work
 */
export async function startSharing(
  io: Io,
  { making, settings }: Pick<SharedTask, 'making' | 'settings'>,
  post: PartPost,
): Promise<(work: SharedWork) => void> {
  const seen = new Seen();
  let http2Connections = 0;
  const takeSeen = (): EpochPart['seen'] => {
    const before = http2Connections;
    ({ http2Connections } = runner);
    return { ...seen.take(), http2Connections: http2Connections - before };
  };
  const { maker, writer } = await createMaker(io, making, (source, fractions = () => []) => {
    return new PartWriter(source, takeSeen, fractions, post);
  });
  const { counter } = maker;
  const wants = counter === undefined ? settings.wants : { ...settings.wants, counter };
  const runner = new ConnectionRunner(
    { ...settings, wants },
    {
      event: (event) => {
        seen.event(event);
        maker.event(event);
        if (maker.hasAll !== true && isOfReader(event)) writer.object({ event });
      },
      stepOver: () => {
        maker.stepOver?.();
        writer.stepOver();
      },
    },
  );
  return (work) => {
    if (work.say === 'epoch') {
      writer.begin(runner, work.epoch.number);
      runner.run(work.epoch);
      maker.epochOver?.();
    } else {
      runner.held.restart();
      writer.begin(runner, work.epoch);
      maker.end?.();
    }
    writer.end();
  };
}
