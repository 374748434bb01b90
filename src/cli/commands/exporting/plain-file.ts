import { count } from '../../../common/words.js';
import type { Consumer } from '../../../consumer.js';
import type { DissectEvent } from '../../../events.js';
import {
  packetFileWriter,
  type ExportedPacket,
  type PacketFileShape,
  type PacketFileWriter,
} from '../../../export/packet-file.js';
import { PlainCapture } from '../../../export/plain-capture.js';
import { LINKTYPE_RAW } from '../../../export/plain-segment.js';
import type { Io } from '../../terminal/io.js';
import type { ExportTarget } from './export-target.js';
import { CollectedWrites, OutputFile } from './output-file.js';
import { isPcapng, type PacketsFileOptions } from './packets-file.js';

/** A file whose packets were written anew: see `PlainCapture`. */
export class PlainFile implements ExportTarget {
  readonly #io: Io;
  readonly #options: PacketsFileOptions & { readonly isOne: boolean };
  readonly #file: OutputFile;
  readonly #out: CollectedWrites;
  readonly #capture: PlainCapture;
  #writer: PacketFileWriter | undefined;
  #hasNoTimes = false;

  /** @throws WsdissectError for a file that cannot be written */
  constructor(io: Io, options: PacketsFileOptions & { readonly isOne: boolean }) {
    this.#io = io;
    this.#options = options;
    this.#file = new OutputFile(io, options.path, options.force);
    this.#out = new CollectedWrites(this.#file);
    this.#capture = new PlainCapture();
  }

  begin(): Promise<void> {
    return Promise.resolve();
  }

  capture(): Consumer {
    return {
      wants: { frames: true, messages: true, connections: true },
      event: (event: DissectEvent): Promise<void> | undefined => this.#write(this.#capture.event(event)),
      end: () => undefined,
    };
  }

  async end(): Promise<void> {
    this.#writer ??= await this.#begin(0, false);
    await this.#out.flush();
    const { withoutAddress, movedPorts } = this.#capture.changes;
    if (this.#options.isQuiet) return;
    if (withoutAddress > 0) {
      const what = count(withoutAddress, 'connection');
      this.#io.report(`wsdissect: ${what} without known addresses; 192.0.2.1 and 192.0.2.2 stand for them\n`);
    }
    if (this.#hasNoTimes) {
      this.#io.report('wsdissect: packets without a known time are in 1970, as a capture file must have times\n');
    }
    if (movedPorts > 0) {
      const what = count(movedPorts, 'connection');
      this.#io.report(`wsdissect: ${what} of HTTP/2 shared a TCP connection; each has a client port of its own now\n`);
    }
  }

  close(): void {
    this.#file.close();
  }

  #write(packets: Iterator<ExportedPacket>): Promise<void> | undefined {
    // Most events give nothing, or little that is collected.
    const first = packets.next();
    return first.done === true ? undefined : this.#writeAll(first.value, packets);
  }

  async #writeAll(first: ExportedPacket, rest: Iterator<ExportedPacket>): Promise<void> {
    this.#hasNoTimes ||= first.hasNoTime === true;
    const writer = (this.#writer ??= await this.#begin(first.seconds, first.isNanosecond === true));
    await this.#out.add(writer.packet(first));
    for (let next = rest.next(); next.done !== true; next = rest.next()) await this.#out.add(writer.packet(next.value));
  }

  async #begin(seconds: number, isNanosecond: boolean): Promise<PacketFileWriter> {
    const shape: PacketFileShape = {
      linkTypes: [LINKTYPE_RAW],
      // Of several captures, a later one may have more digits.
      isNanosecond: isNanosecond || !this.#options.isOne,
      firstSecond: seconds,
      lastSecond: seconds,
      isPcapng: isPcapng(this.#options.path),
    };
    const writer = packetFileWriter(shape);
    await this.#out.add(writer.begin());
    return writer;
  }
}
