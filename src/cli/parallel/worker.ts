import { parentPort, workerData } from 'node:worker_threads';
import { WsdissectError, type ErrorCode } from '../../common/error.js';
import { inputSize, readInput } from '../input/input.js';
import type { Io } from '../terminal/io.js';
import { PartBuffers } from '../../parallel/part-buffers.js';
import type { EpochPart } from '../../parallel/protocol.js';
import type { FromWorker, PrintingTask, SharedWork, ToWorker } from './protocol.js';
import type { WorkerWorld } from './worker-world.js';

/** Writes that may be on their way to the main thread, each of some 64 KiB or one large record. */
const MOST_WRITES = 16;

const port = parentPort!;
const world = workerData as WorkerWorld;
let onTheirWay = 0;
let isTaken: (() => void) | undefined;
const listeners = new Set<() => void>();
/** Works on the steps of connections, once it is told what to make of them. */
let sharer: Promise<(work: SharedWork) => void> | undefined;

const io: Io = {
  env: world.env,
  read: readInput,
  size: inputSize,
  isTerminal: (stream) => world.terminals[stream],
  columns: (stream = 'stdout') => world.columns[stream],
  onInterrupt: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  now: () => performance.now(),
  write: (bytes) => {
    // The bytes may be a view of memory that is used again.
    const copy = new Uint8Array(bytes);
    port.postMessage({ say: 'write', bytes: copy } satisfies FromWorker, [copy.buffer]);
    if (++onTheirWay < MOST_WRITES) return undefined;
    return new Promise((resolve) => {
      isTaken = resolve;
    });
  },
  report: (text) => port.postMessage({ say: 'report', text } satisfies FromWorker),
  openPager: () => Promise.reject(new Error('a pager is the business of the main thread')),
};

port.on('message', (message: ToWorker) => {
  switch (message.say) {
    case 'share':
      sharer = import('./share-printing.js').then(({ startSharing }) => {
        const buffers = new PartBuffers(message.task.memory);
        return startSharing(io, message.task, { carry: (bytes) => buffers.fill(bytes), post: postPart });
      });
      return;
    case 'epoch':
    case 'end':
      // What it throws ends the thread, and with it the program.
      void sharer!.then((work) => work(message));
      return;
    case 'said':
      // What it throws ends the thread, and with it the program.
      void import('./makers/say.js').then(async ({ sayWhatWasSaid }) => {
        port.postMessage(await sayWhatWasSaid(io, message.task));
      });
      return;
    case 'taken':
      onTheirWay--;
      isTaken?.();
      isTaken = undefined;
      return;
    case 'interrupt':
      for (const listener of listeners) listener();
      return;
    case 'print': {
      const { task, error } = message;
      const failed = error === undefined ? {} : { error: new WsdissectError(error.code as ErrorCode, error.message) };
      // What it throws ends the thread, and with it the program.
      void print({ ...task, input: { ...task.input, ...failed } }).then((exitCode) =>
        port.postMessage({ say: 'done', exitCode } satisfies FromWorker),
      );
    }
  }
});

function postPart(part: EpochPart): void {
  const memory = part.bytes?.buffer;
  port.postMessage({ say: 'part', part } satisfies FromWorker, memory instanceof ArrayBuffer ? [memory] : []);
}

async function print({ printing, input, index, isOne }: PrintingTask): Promise<number> {
  const one = [{ ...input, index }];
  if (printing.what === 'call') {
    const { printCallsOf } = await import('../commands/printing/calls-command.js');
    return printCallsOf(io, one, isOne, printing.options);
  }
  if (printing.what === 'stats') {
    const { printStatsOf } = await import('../commands/summaries/stats-command.js');
    return printStatsOf(io, one, isOne, printing.options);
  }
  if (printing.what === 'explain') {
    const { explainFurther } = await import('../commands/frames/explain-command.js');
    return explainFurther(io, one, printing.options);
  }
  if (printing.what === 'follow') {
    const { followInputs } = await import('../commands/printing/follow-command.js');
    return followInputs(io, one, isOne, printing.options);
  }
  const { printInputs } = await import('../commands/printing/print-captures.js');
  return printInputs(printing.what, io, one, isOne, printing.options);
}
