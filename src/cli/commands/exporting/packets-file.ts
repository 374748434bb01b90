import type { Consumer } from '../../../consumer.js';
import type { DissectEvent } from '../../../events.js';
import { packetFileWriter } from '../../../export/packet-file.js';
import { PacketSpool } from '../../../export/packet-spool.js';
import type { StreamChoice } from '../../options/values.js';
import type { Io } from '../../terminal/io.js';
import type { ExportTarget } from './export-target.js';
import { CollectedWrites, OutputFile } from './output-file.js';

/** How packets are written. */
export interface PacketsFileOptions {
  readonly path: string;
  readonly force: boolean;
  readonly isQuiet: boolean;
  /** The connection that was asked for by its number. */
  readonly stream: StreamChoice | undefined;
  /** Messages are chosen: the packets of their connections are wanted. */
  readonly isFiltered: boolean;
}

/** A file with the original packets of the WebSocket connections, as they were captured. */
export class PacketsFile implements ExportTarget {
  readonly #io: Io;
  readonly #options: PacketsFileOptions;
  readonly #file: OutputFile;
  readonly #spool = new PacketSpool();

  /** @throws WsdissectError for a file that cannot be written */
  constructor(io: Io, options: PacketsFileOptions) {
    this.#io = io;
    this.#options = options;
    this.#file = new OutputFile(io, options.path, options.force);
  }

  begin(): Promise<void> {
    return Promise.resolve();
  }

  capture(): Consumer {
    const spool = this.#spool;
    spool.nextCapture();
    const { stream, isFiltered } = this.#options;
    // What it carries does not matter then: it may be what nobody can read.
    if (stream !== undefined && stream.http2Stream === undefined && !isFiltered) spool.want(stream.stream);
    return {
      wants: { frames: false, messages: isFiltered, connections: true },
      packets: spool,
      event: (event: DissectEvent): undefined => {
        // A filter passes on what opens a connection before it is known whether it chooses anything of it.
        if (event.type === 'finding' || (isFiltered && event.type !== 'message')) return;
        spool.want(event.connection.stream);
      },
      end: () => undefined,
    };
  }

  async end(): Promise<void> {
    const { shape, packets, count: written } = this.#spool.select();
    const writer = packetFileWriter({ ...shape, isPcapng: isPcapng(this.#options.path) });
    const out = new CollectedWrites(this.#file);
    await out.add(writer.begin());
    for (const packet of packets) await out.add(writer.packet(packet));
    await out.flush();
    if (!this.#options.isQuiet) this.#io.report(`wsdissect: packets written: ${written}\n`);
  }

  close(): void {
    this.#spool.close();
    this.#file.close();
  }
}

/** Whether the name of a file says that it is pcapng. */
export function isPcapng(path: string): boolean {
  return /\.pcapng$/i.test(path);
}
