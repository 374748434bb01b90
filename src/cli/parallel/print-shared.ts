import { JoinedCaptures } from '../../capture/joined-captures.js';
import { WsdissectError } from '../../common/error.js';
import { DEFAULT_LIMITS } from '../../common/limits.js';
import type { Consumer } from '../../consumer.js';
import type { Wants } from '../../conversation.js';
import type { ReadingWitness } from '../../dissection/capture-witness.js';
import type { SharedReading } from '../../dissection/connection-carrier.js';
import type { DissectOptions } from '../../dissection/dissect-options.js';
import { readShared } from '../../dissection/shared-reading.js';
import type { DissectEvent } from '../../events.js';
import type { Output } from '../../output/output.js';
import type { RecordType } from '../../output/json-record.js';
import { MergedParts, OneThreadNeeded } from '../../parallel/merged-parts.js';
import { SharedConnections } from '../../parallel/shared-connections.js';
import { createOutput, hasFindingRecords } from '../commands/create-output.js';
import { readCaptures } from '../commands/read-captures.js';
import type { ReportedConsumer } from '../commands/reported-consumer.js';
import type { CaptureFile } from '../input/capture-files.js';
import type { RecordsOptions } from '../options/printing-options.js';
import type { Io, Thread } from '../terminal/io.js';
import type { FromWorker, ToWorker, WorkerWorld } from './protocol.js';

/** Epochs of which the steps may be written, and what comes of them not yet printed. */
const MOST_AHEAD = 8;
/** Bytes that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;

/** The records that are to be printed. */
export interface SharedRecords {
  readonly type: RecordType;
  readonly options: RecordsOptions;
  readonly wants: Wants;
}

/**
 * Prints the records of one input with several threads: this one reads and puts bytes in order, each connection is the
 * business of one of the others, and what they print goes out in the order in which one thread would have printed it.
 *
 * Where what all connections share comes to a limit, the input is read again by one thread: then only one knows who is to
 * lose. What was printed by then is not printed again.
 *
 * @param others - threads beside this one
 * @param inOneThread - prints all of it in this thread
 * @returns the exit code
 */
export async function printShared(
  io: Io,
  inputs: readonly CaptureFile[],
  { type, options, wants }: SharedRecords,
  others: number,
  inOneThread: (io: Io) => Promise<number>,
): Promise<number> {
  let printed = 0;
  let reports = '';
  const ownIo: Io = {
    ...io,
    write: (bytes) => {
      printed += bytes.length;
      return io.write(bytes);
    },
    report: (text) => {
      reports += text;
    },
  };
  let printer: MergedPrinter;
  const open = async (): Promise<Consumer> => {
    const findings = hasFindingRecords(options) ? await createOutput(type, options, io, undefined) : undefined;
    printer = new MergedPrinter(ownIo, wants, findings);
    return printer;
  };
  const read: Parameters<typeof readCaptures>[3]['read'] = (consumer, source, dissect, witness) =>
    new SharedPrintingRun(ownIo, { type, options, wants }, others, printer).read(consumer, source, dissect, witness);
  try {
    const reading = { ...options, hasFindingRecords: hasFindingRecords(options) };
    const exitCode = await readCaptures(ownIo, inputs, reading, { open, read });
    io.report(reports);
    return exitCode;
  } catch (error) {
    if (!(error instanceof OneThreadNeeded)) throw error;
    return inOneThread(withoutFirst(io, printed));
  }
}

/** The world, in which so many bytes are on stdout already. */
function withoutFirst(io: Io, bytes: number): Io {
  let left = bytes;
  return {
    ...io,
    write: (written) => {
      const skipped = Math.min(left, written.length);
      left -= skipped;
      return skipped === written.length ? undefined : io.write(skipped === 0 ? written : written.subarray(skipped));
    },
  };
}

/** Writes what other threads have printed. */
class MergedPrinter implements Consumer {
  readonly wants: Wants;
  readonly #io: Io;
  readonly #findings: Output | undefined;
  #buffer = Buffer.allocUnsafeSlow(2 * WRITE_LENGTH);
  #length = 0;

  /** @param findings - prints findings as records, where they are such */
  constructor(io: Io, wants: Wants, findings: Output | undefined) {
    this.wants = wants;
    this.#io = io;
    this.#findings = findings;
  }

  event(event: DissectEvent): Promise<void> | undefined {
    const findings = this.#findings;
    if (findings === undefined || event.type !== 'finding') return undefined;
    findings.event(event);
    return this.#takeFindings(findings);
  }

  bytes(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length > WRITE_LENGTH) return this.#writeBoth(bytes);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this.#length >= WRITE_LENGTH ? this.end() : undefined;
  }

  end(): Promise<void> | undefined {
    const length = this.#length;
    this.#length = 0;
    return length === 0 ? undefined : this.#io.write(this.#buffer.subarray(0, length));
  }

  async #writeBoth(bytes: Uint8Array): Promise<void> {
    await this.end();
    await this.#io.write(bytes);
  }

  async #takeFindings(findings: Output): Promise<void> {
    while (findings.length > 0) await this.bytes(findings.take());
  }
}

type SharingWorker = Thread<ToWorker, FromWorker>;

/** One reading of an input with several threads. */
class SharedPrintingRun {
  readonly #io: Io;
  readonly #records: SharedRecords;
  readonly #others: number;
  readonly #printer: MergedPrinter;

  constructor(io: Io, records: SharedRecords, others: number, printer: MergedPrinter) {
    this.#io = io;
    this.#records = records;
    this.#others = others;
    this.#printer = printer;
  }

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
    const counts = Array.from({ length: this.#others }, () => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const workers = counts.map((): SharingWorker => this.#io.threads!.start<ToWorker, FromWorker>(worldOf(this.#io)));
    const printer = this.#printer;
    let reading: SharedReading | undefined;
    let http2Connections = 0;
    const merged = new MergedParts(this.#others, limits.heldTotal, {
      bytes: (bytes) => printer.bytes(bytes),
      event: (event) => consumer.event(event),
      seen: (part) => {
        consumer.count(part);
        http2Connections += part.http2Connections;
      },
      taken: (thread, bytes) => {
        const count = new Int32Array(counts[thread]!);
        Atomics.sub(count, 0, bytes);
        Atomics.notify(count, 0);
      },
      news: (thread, news, epoch) =>
        news.length === 0 ? undefined : shared.takeNews(thread, news, epoch, reading!.tcp),
      over: (epoch) => shared.printed(epoch),
    });
    const shared = new SharedConnections(
      limits,
      this.#others,
      (epoch) => {
        merged.add(epoch);
        for (const [thread, steps] of epoch.epochs.entries()) {
          if (steps !== undefined) workers[thread]!.post({ say: 'epoch', epoch: steps });
        }
      },
      MOST_AHEAD,
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
      const { type, options } = this.#records;
      const printing = { type, options, settings, onTheirWay: counts[thread]! };
      worker.post({ say: 'share', printing });
    }
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

/** What other threads are told of the streams. */
function worldOf(io: Io): WorkerWorld {
  const is = (stream: 'stdin' | 'stdout' | 'stderr'): boolean => io.isTerminal(stream);
  return {
    env: { ...io.env },
    terminals: { stdin: is('stdin'), stdout: is('stdout'), stderr: is('stderr') },
    columns: { stdout: is('stdout') ? io.columns() : 0, stderr: is('stderr') ? io.columns('stderr') : 0 },
  };
}
