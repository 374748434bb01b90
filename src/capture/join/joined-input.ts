import type { JoinContext, JoinedCaptures } from './joined-captures.js';
import { OpenedFile } from './opened-file.js';
import { PacketMerge } from './packet-merge.js';

/** Reads joined files into one sink, as if they were one capture. Packet numbers run on. */
export class JoinedInput {
  readonly #joined: JoinedCaptures;
  readonly #context: JoinContext;

  constructor(joined: JoinedCaptures, context: JoinContext) {
    this.#joined = joined;
    this.#context = context;
  }

  /**
   * Reads all of them. Gives back control after each piece, so that what it gave can be worked on.
   *
   * @returns each time whether TLS secrets may still come
   */
  async *read(): AsyncGenerator<boolean> {
    const { files, options } = this.#joined;
    if (options.sorted === true) {
      yield* new PacketMerge(this.#joined, this.#context).read();
      return;
    }
    let packets = 0;
    for (const [index, file] of files.entries()) {
      if (options.isStopped?.() === true) {
        options.stopped?.();
        return;
      }
      const mayFollow = files.slice(index + 1).some((later) => later.mayHoldSecrets !== false);
      const opened = new OpenedFile(file, this.#context.sink, this.#context, packets);
      for (;;) {
        const isThere = await opened.readPiece(options);
        yield mayFollow || opened.mayHoldSecrets;
        if (!isThere) break;
      }
      packets = opened.packets;
    }
  }
}
