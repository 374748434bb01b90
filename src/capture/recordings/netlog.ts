import { WsdissectError } from '../../common/error.js';
import { finding } from '../../common/finding.js';
import type { Limits } from '../../common/limits.js';
import { CapturedTime } from '../../common/packet-time.js';
import { FindingBudget } from '../finding-budget.js';
import { LineSplitter } from '../text/line-splitter.js';
import { isRecord, parseLine, readConstants, type NetLogConstants, type NetLogEvent } from './netlog-line.js';
import { INPUT_START, type CaptureSink, type CaptureStart, type FileReader } from '../packet.js';
import { RecordedPacket, type SocketItem } from '../recorded.js';
import { NetLogSockets } from './netlog-sockets.js';

/** The beginning of an event by the order in which Chromium writes its members. */
const EVENT = /^\s*\{"(?:params|phase|source|time|type)":/;
/** The type of an event, which is its last member. */
const TYPE = /"type":(\d{1,9})\}[\s,\]}]*$/;
/** Characters at the end of a line in which the type stands. */
const TAIL = 64;
/** No socket has this number. */
const NO_SOCKET = -1;
/** The end of the array of events: what comes after it are other things. */
const END = /\][\s,}]*$/;

/**
 * Reads a NetLog of Chromium: the bytes of its sockets, those of TLS decrypted. An event stands in a line of its own, so the
 * log is read as it comes, and one that was cut as far as it goes. The number of the line is that of the packet.
 */
export class NetLogReader implements FileReader {
  readonly follower = undefined;
  readonly #sink: CaptureSink;
  readonly #start: CaptureStart;
  readonly #findings: FindingBudget;
  readonly #lines: LineSplitter;
  readonly #sockets = new NetLogSockets((item) => this.#give(item));
  #constants: NetLogConstants | undefined;
  #isInEvents = false;
  #isOver = false;
  #line = 0;
  #time = 0;
  /** The last line was cut, or had no end. */
  #cutLine: number | undefined;
  #ended = false;

  constructor(sink: CaptureSink, limits: Limits, start: CaptureStart = INPUT_START) {
    this.#sink = sink;
    this.#start = start;
    this.#findings = new FindingBudget(sink, limits.findings);
    const tooLong = (line: number): void => {
      if (this.#constants === undefined) throw notReadable('its first line is too long');
      this.#bad(line, `is longer than the ${limits.blockLength} characters that one may have`);
    };
    this.#lines = new LineSplitter(limits.blockLength, (text, line) => this.#read(text, line), tooLong);
  }

  get packets(): number {
    return this.#start.packets + this.#lines.lines;
  }

  /** @throws WsdissectError `not-a-capture` where it is JSON of another kind, or a NetLog that was reformatted */
  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  /** @throws WsdissectError `not-a-capture` where it has no bytes */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#lines.end();
    if (this.#constants === undefined) throw notReadable('it has no constants');
    const { bytes, missing } = this.#sockets;
    if (bytes === 0 && missing > 0) {
      throw new WsdissectError(
        'not-a-capture',
        `the NetLog has the lengths of ${missing} bytes and not the bytes: record it with ` +
          '--net-log-capture-mode=Everything, or in chrome://net-export with "Include raw bytes"',
      );
    }
    // So much was read, whatever there was in it.
    this.#give({ kind: 'end', id: NO_SOCKET });
    if (!this.#isOver) {
      const where = this.#cutLine === undefined ? 'it has no end' : `line ${this.#cutLine} is not whole`;
      this.#findings.add(
        finding('capture.bad-json', `the NetLog was cut: ${where}; what the browser had not written is missing`),
      );
    }
    this.#findings.end();
  }

  #read(text: string, line: number): void {
    if (this.#constants === undefined) {
      this.#constants = readConstants(text);
      if (this.#constants === undefined) throw notReadable('an event must stand in each line, as Chromium writes them');
      this.#sockets.types = this.#constants.types;
      return;
    }
    if (this.#isOver) return;
    if (!EVENT.test(text)) {
      this.#readOther(text, line);
      return;
    }
    this.#line = line;
    if (this.#cutLine !== undefined) this.#bad(this.#cutLine, 'is not whole');
    this.#cutLine = undefined;
    const type = TYPE.exec(text.slice(-TAIL))?.[1];
    if (type === undefined) this.#cutLine = line;
    else {
      if (this.#sockets.isWanted(Number(type))) this.#parse(text, line);
      this.#isOver = END.test(text.slice(-TAIL));
    }
  }

  /** A line that is no event. */
  #readOther(text: string, line: number): void {
    const trimmed = text.trim();
    if (/^"events"\s*:\s*\[/.test(trimmed)) {
      this.#isInEvents = true;
      this.#isOver = /\]\s*[,}]*$/.test(trimmed);
    } else if (this.#isInEvents && /^\]/.test(trimmed)) this.#isOver = true;
    else if (this.#isInEvents && trimmed !== '') this.#cutLine = line;
  }

  #parse(text: string, line: number): void {
    const event = parseLine(text);
    if (event === undefined) this.#bad(line, 'is no JSON');
    else this.#event(event);
  }

  #event(event: NetLogEvent): void {
    this.#time = event.time;
    this.#sockets.event(event, isRecord(event.params) ? event.params : {});
  }

  #give(item: SocketItem): void {
    const { tickOffset } = this.#constants!;
    const milliseconds = tickOffset + this.#time;
    const seconds = Math.floor(milliseconds / 1000);
    const number = this.#start.packets + this.#line;
    const hasTime = Number.isSafeInteger(milliseconds) && milliseconds > 0;
    const at = hasTime
      ? new CapturedTime(number, seconds, (milliseconds - seconds * 1000) * 1_000_000, 6)
      : new CapturedTime(number, 0, 0, 0);
    this.#sink.packet(new RecordedPacket(at, item));
  }

  #bad(line: number, what: string): void {
    this.#findings.add(finding('capture.bad-json', `line ${line} of the NetLog ${what}; it is not used`));
  }
}

function notReadable(why: string): WsdissectError {
  return new WsdissectError('not-a-capture', `not a capture: it looks like JSON, a NetLog that cannot be read: ${why}`);
}
