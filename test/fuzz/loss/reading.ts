import { writePcap } from '../../../src/capture/pcap/pcap-writer.js';
import { Dissector } from '../../../src/dissect.js';
import type { DissectEvent } from '../../../src/events.js';
import { JsonOutput } from '../../../src/output/json/json.js';
import { KeyLog } from '../../../src/tls/key-log/key-log.js';
import type { Recorded } from './recording.js';

/** A finding as it is printed, and where it stands. */
export interface PrintedFinding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly stream?: number;
  readonly packet?: number;
  readonly direction?: string;
}

/** A record as `--json` prints it. */
export interface PrintedRecord {
  readonly type: 'frame' | 'message' | 'connection';
  readonly stream: number;
  readonly client?: string;
  readonly server?: string;
  readonly direction?: string;
  readonly packet?: number;
  readonly time?: string;
  readonly status?: string;
  readonly findings?: readonly PrintedFinding[];
  readonly [name: string]: unknown;
}

/** All that is printed of a capture, by `frames`, `messages` and `connections`. */
export interface Reading {
  readonly frames: readonly PrintedRecord[];
  readonly messages: readonly PrintedRecord[];
  readonly connections: readonly PrintedRecord[];
  /** Findings that stand in no record. */
  readonly findings: readonly PrintedFinding[];
  /** For each message, by its place: the place of the frame that completed it. */
  readonly completedBy: readonly number[];
}

/** Bytes of the file as the program gets it. */
export function captureBytes(packets: readonly Recorded[], linkType: number): Buffer {
  return writePcap(packets, { linkType, nanosecond: true });
}

/** Reads a capture as the commands do, through the writer of the records. */
export function readRecords(packets: readonly Recorded[], linkType: number, keyLog: Buffer): Reading {
  const keys = new KeyLog();
  keys.push(Buffer.from(keyLog));
  keys.close();
  const dissector = new Dissector({ keyLog: keys });
  const printed = new Printed();
  dissector.push(captureBytes(packets, linkType));
  dissector.end();
  for (let batch = dissector.take(); batch.length > 0; batch = dissector.take())
    batch.forEach((event) => printed.event(event));
  return printed.reading;
}

class Printed {
  readonly #outputs = {
    frame: new JsonOutput('frame'),
    message: new JsonOutput('message'),
    connection: new JsonOutput('connection'),
  };
  readonly #frames: PrintedRecord[] = [];
  readonly #messages: PrintedRecord[] = [];
  readonly #connections: PrintedRecord[] = [];
  readonly #findings: PrintedFinding[] = [];
  readonly #completedBy: number[] = [];

  event(event: DissectEvent): void {
    if (event.type === 'finding') {
      this.#findings.push(JSON.parse(JSON.stringify(event.finding)) as PrintedFinding);
      return;
    }
    if (event.type !== 'frame' && event.type !== 'message' && event.type !== 'connection') return;
    const output = this.#outputs[event.type];
    output.event(event);
    const record = JSON.parse(Buffer.from(output.take()).toString('utf8')) as PrintedRecord;
    if (event.type === 'frame') this.#frames.push(record);
    else if (event.type === 'connection') this.#connections.push(record);
    else {
      this.#messages.push(record);
      this.#completedBy.push(this.#frames.length - 1);
    }
  }

  /** The streams of one HTTP/2 connection each have their own order: they are put one after the other. */
  get reading(): Reading {
    const frames = inStreams(this.#frames);
    const messages = inStreams(this.#messages);
    const placeOf = new Map(frames.map((place, index) => [place, index]));
    return {
      frames: frames.map((place) => this.#frames[place]!),
      messages: messages.map((place) => this.#messages[place]!),
      connections: this.#connections,
      findings: this.#findings,
      completedBy: messages.map((place) => placeOf.get(this.#completedBy[place]!) ?? -1),
    };
  }
}

/** The places of records by their streams of HTTP/2, those of one in their order. */
function inStreams(records: readonly PrintedRecord[]): number[] {
  const places = records.map((_, place) => place);
  const numberOf = (place: number): number => Number(records[place]!['http2Stream'] ?? 0);
  return places.sort((a, b) => numberOf(a) - numberOf(b) || a - b);
}
