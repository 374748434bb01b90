import { JoinedCaptures } from '../../capture/join/joined-captures.js';
import { WsdissectError } from '../../common/error.js';
import { DEFAULT_LIMITS } from '../../common/limits.js';
import type { ReadingWitness } from '../../dissection/capture-witness.js';
import type { SharedReading } from '../../dissection/connection-carrier.js';
import type { DissectOptions } from '../../dissection/dissect-options.js';
import { readShared } from '../../dissection/shared-reading.js';
import { MergedParts, OneThreadNeeded } from '../../parallel/merged-parts.js';
import { createPartMemory, PartBuffers } from '../../parallel/part-buffers.js';
import { readStart } from '../../parallel/part-writer.js';
import type { Epoch } from '../../parallel/protocol.js';
import { SharedConnections, type WrittenEpoch } from '../../parallel/shared-connections.js';
import type { ReportedConsumer } from '../commands/reading/reported-consumer.js';
import type { Io, Thread } from '../terminal/io.js';
import { LocalThread } from './local-thread.js';
import type { MergedConsumer } from './merged-consumer.js';
import type { FromWorker, SharedMaking, ToWorker } from './protocol.js';
import { worldOf } from './worker-world.js';

/** Epochs of which the steps may be written, and what comes of them not yet printed. */
const MOST_AHEAD = 8;

type SharingWorker = Thread<ToWorker, FromWorker>;

/** One reading of an input with several threads. */
export class SharedRun {
  readonly #io: Io;
  readonly #making: SharedMaking;
  readonly #others: number;
  readonly #merged: MergedConsumer;

  /** @param others - threads beside this one */
  constructor(io: Io, making: SharedMaking, others: number, merged: MergedConsumer) {
    this.#io = io;
    this.#making = making;
    this.#others = others;
    this.#merged = merged;
  }

  /** @throws OneThreadNeeded */
  async read(
    consumer: ReportedConsumer,
    source: AsyncIterable<Buffer> | JoinedCaptures,
    dissect: DissectOptions,
    { seen }: ReadingWitness,
  ): Promise<void> {
    if (source instanceof JoinedCaptures) throw new OneThreadNeeded('several files are one capture');
    const keyLog = dissect.keyLog?.text();
    if (dissect.keyLog !== undefined && keyLog === undefined) throw new OneThreadNeeded('secrets were forgotten');
    const limits = { ...DEFAULT_LIMITS, ...dissect.limits };
    const memories = Array.from({ length: this.#others }, createPartMemory);
    const buffers = memories.map((memory) => new PartBuffers(memory));
    const local = new LocalThread(this.#io);
    const workers: SharingWorker[] = [
      ...memories.map(() => this.#io.threads!.start<ToWorker, FromWorker>(worldOf(this.#io))),
      // An entry of HAR may be as long as its connection: parts of it are to go out while it is made.
      ...(isLong(this.#making) ? [] : [local]),
    ];
    const taker = this.#merged;
    let reading: SharedReading | undefined;
    let http2Connections = 0;
    const merged = new MergedParts(workers.length, limits.heldTotal, {
      bytes: (bytes) => taker.bytes!(bytes),
      event: (event, isOwn) => {
        if (isOwn || taker.hasPieces !== true) return consumer.event(event);
        consumer.tell(event);
        return undefined;
      },
      piece: (piece) => taker.piece!(piece),
      start: (part, index) => {
        const { isSkipped, ...start } = readStart(part, index);
        taker.start!(start, isSkipped);
      },
      seen: (part) => {
        consumer.count(part);
        http2Connections += part.http2Connections;
      },
      taken: (thread, { buffer }) => {
        if (buffer !== undefined) buffers[thread]?.giveBack(buffer);
      },
      help: () => local.help(),
      news: (thread, news, epoch) =>
        news.length === 0 ? undefined : shared.takeNews(thread, news, epoch, reading!.tcp),
      over: (epoch) => {
        taker.epochOver?.();
        if (epoch.number !== END) shared.printed(epoch);
      },
    });
    const shared = new SharedConnections(
      limits,
      workers.length,
      (epoch) => {
        merged.add(epoch);
        for (const [thread, steps] of epoch.epochs.entries()) {
          if (steps !== undefined) workers[thread]!.post({ say: 'epoch', epoch: steps });
        }
      },
      { mostAhead: MOST_AHEAD, hasLocal: !isLong(this.#making) },
    );
    const settings = {
      limits,
      wants: { decode: 'off' as const, ...consumer.wants },
      ports: dissect.ports ?? [],
      http2Stream: dissect.http2Stream,
      extensions: dissect.extensions,
      keyLog,
    };
    for (const [thread, worker] of workers.entries()) {
      worker.onMessage((message) => {
        if (message.say === 'part') merged.part(thread, message.part);
      });
      worker.onEnd((error) => merged.fail(error));
      const memory = memories[thread];
      if (memory !== undefined) worker.post({ say: 'share', task: { making: this.#making, settings, memory } });
    }
    if (workers.length > memories.length) await local.begin({ making: this.#making, settings });
    const room = async (now: SharedReading): Promise<void> => {
      reading = now;
      const { doubt } = shared;
      if (doubt !== undefined) throw new OneThreadNeeded(doubt);
      await merged.drain(shared.isFull ? MOST_AHEAD / 2 : Number.POSITIVE_INFINITY);
      if (now.tcp.unrecognised * 2 < limits.unrecognisedConnections) return;
      // Of most of them it is known elsewhere what they are.
      shared.cut();
      await merged.drain(0);
      if (now.tcp.unrecognised * 2 >= limits.unrecognisedConnections) {
        throw new OneThreadNeeded('the limit of unrecognisedConnections is near');
      }
    };
    try {
      const finish = async (): Promise<void> => {
        shared.cut();
        merged.add({ ...THE_END, epochs: workers.map(() => NO_STEPS) });
        for (const worker of workers) worker.post({ say: 'end', epoch: END });
        await merged.drain(0);
        await consumer.end();
      };
      try {
        await readShared(source, { ...dissect, want: settings.wants }, shared, room);
      } catch (error) {
        if (error instanceof WsdissectError && error.code !== 'unwritable') await finish();
        throw error;
      }
      await finish();
      const all = reading!.seen;
      seen?.({ ...all, http2Connections: all.http2Connections + http2Connections });
    } finally {
      for (const worker of workers) worker.terminate();
    }
  }
}

function isLong(making: SharedMaking): boolean {
  return making.what === 'export' && making.options.har === true;
}

/** The epoch after the last one: what is known of connections that have no end. */
const END = Number.MAX_SAFE_INTEGER;
const NO_MEMORY = new SharedArrayBuffer(0);
const NO_STEPS: Epoch = { number: END, slab: NO_MEMORY, used: 0, rows: NO_MEMORY, count: 0, objects: [] };
const THE_END: Omit<WrittenEpoch, 'epochs'> = { number: END, events: [], peak: 0, decisions: 0 };
