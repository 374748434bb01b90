import { WsdissectError } from '../../common/error.js';
import { readInto, type Consumer } from '../../consumer.js';
import type { SeenInCapture } from '../../dissection/capture-witness.js';
import { NothingFound } from '../../output/nothing-found.js';
import { ReportData } from '../report-data.js';
import type { ReportCapture } from '../report-capture.js';
import type { Model } from './data/model.js';
import { ModelSink } from './data/model-sink.js';
import { readKeyLogs, slicesOf, type ChosenFiles } from './play-files.js';

declare global {
  /** The version of wsdissect, which the bundler puts in. */
  const WSDISSECT_VERSION: string;
}

/** What the command bounds a report by, where no option says otherwise. */
const MAX_MESSAGES = 100_000;
const MAX_PAYLOAD = 4096;
/** Milliseconds of work after which the page may draw and take clicks. */
const TURN = 24;
const WANTS = { frames: true, messages: true, connections: true, decode: 'auto' } as const;
const ADVICE = {
  secrets: 'add the key log that its client or server wrote (SSLKEYLOGFILE)',
  ports: 'the command can be told a WebSocket port with --port',
};

/** Reads captures as the command `report` does, a slice at a time, so that the page goes on. */
export class PlayReader {
  readonly #progress: (bytes: number, of: number) => void;
  #isStopped = false;
  #turnBegan = performance.now();

  /** @param progress - is told now and then how much is read */
  constructor(progress: (bytes: number, of: number) => void) {
    this.#progress = progress;
  }

  /** Nothing more is read; what was read is shown. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Reads captures. What cannot be read is told in what is returned, and never thrown. */
  async read({ captures, keyLogs }: ChosenFiles): Promise<Model> {
    const sink = new ModelSink();
    const data = new ReportData(sink, {
      ...{ version: WSDISSECT_VERSION, isOne: captures.length === 1 },
      ...{ maxMessages: MAX_MESSAGES, maxPayload: MAX_PAYLOAD },
    });
    let before = 0;
    const all = captures.reduce((sum, { size }) => sum + size, 0);
    for (const file of captures) {
      const base = before;
      // Each capture has connections of its own, and secrets that are used once.
      await this.#capture(data, file, keyLogs, (bytes) => this.#progress(base + bytes, all));
      before += file.size;
    }
    data.end();
    return sink.end();
  }

  async #capture(
    data: ReportData,
    file: File,
    keyLogs: readonly File[],
    progress: (bytes: number) => void,
  ): Promise<void> {
    const nothing = new NothingFound({ ...WANTS, connections: false }, ADVICE);
    const capture = data.capture(file.name);
    let seen: SeenInCapture | undefined;
    let error: Error | undefined;
    try {
      const options = keyLogs.length === 0 ? {} : { keyLog: await readKeyLogs(keyLogs) };
      await readInto(this.#consumer(capture, nothing), this.#slices(file, progress), options, {
        seen: (what) => (seen = what),
      });
    } catch (thrown) {
      error = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    if (this.#isStopped && error === undefined) {
      seen = undefined;
      error = new WsdissectError('unreadable', 'stopped: the rest was not read');
    }
    data.captureEnd({ seen, why: seen === undefined ? undefined : nothing.explain(seen), error });
  }

  #consumer(capture: ReportCapture, nothing: NothingFound): Consumer {
    return {
      wants: WANTS,
      event: (event) => {
        nothing.event(event);
        capture.event(event);
        return undefined;
      },
      pause: () => this.#turn(),
      end: () => {
        capture.end();
        return undefined;
      },
    };
  }

  async *#slices(file: File, progress: (bytes: number) => void): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const slice of slicesOf(file)) {
      await this.#turn();
      if (this.#isStopped) return;
      yield slice;
      bytes += slice.length;
      progress(bytes);
    }
  }

  /** Lets the page draw and take clicks, where it has waited for long. */
  #turn(): Promise<void> | undefined {
    if (performance.now() - this.#turnBegan < TURN) return undefined;
    return nextTask().then(() => {
      this.#turnBegan = performance.now();
    });
  }
}

/** The page's next turn. Unlike that of a timer, it does not come late while the page is hidden. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
