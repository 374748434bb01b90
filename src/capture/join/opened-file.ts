import { WsdissectError } from '../../common/error.js';
import { finding, type Finding } from '../../common/finding.js';
import { CaptureInput } from '../capture-input.js';
import { asBuffer } from '../chunk-input.js';
import { readChunks } from '../compression/decompress.js';
import type { JoinContext, JoinedFile, JoinOptions } from './joined-captures.js';
import type { CaptureSink } from '../packet.js';

/** Bytes that are read between two looks at what they gave. */
const PIECE = 64 * 1024;

/** One of several files that are one capture, while it is read. What is wrong with it is told with its name. */
export class OpenedFile {
  readonly file: JoinedFile;
  readonly #input: CaptureInput;
  readonly #report: (finding: Finding) => void;
  readonly #pieces: AsyncGenerator<Buffer>;

  /** @param packetsBefore - packets of other files that are numbered before its own */
  constructor(
    file: JoinedFile,
    sink: CaptureSink,
    { limits, input }: Omit<JoinContext, 'sink'>,
    packetsBefore: number,
  ) {
    this.file = file;
    this.#report = (found) => sink.finding({ ...found, message: `${file.name}: ${found.message}` });
    const named: CaptureSink = {
      packet: (packet) => sink.packet(packet),
      secrets: (keyLog, isLast) => sink.secrets(keyLog, isLast),
      finding: this.#report,
    };
    this.#input = new CaptureInput(named, limits, { ...input, packetsBefore });
    this.#pieces = piecesOf(file, this.#report);
  }

  get packets(): number {
    return this.#input.packets;
  }

  get mayHoldSecrets(): boolean {
    return this.#input.mayHoldSecrets;
  }

  /**
   * Reads the next piece into the sink.
   *
   * @returns false where it is over, or cannot be read any further, which the sink is told
   */
  async readPiece({ failed }: JoinOptions): Promise<boolean> {
    try {
      if (this.file.missing !== undefined) {
        this.#tell(this.file.missing);
        return false;
      }
      const piece = await this.#pieces.next();
      if (piece.done !== true) {
        this.#input.push(piece.value);
        return true;
      }
      this.#input.end();
    } catch (error) {
      await this.close();
      if (!(error instanceof WsdissectError)) throw error;
      this.#tell(error.message);
      failed?.(this.file.name, error);
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#pieces.return(undefined);
  }

  #tell(why: string): void {
    this.#report(finding('capture.missing-file', `packets are missing here: ${why}`));
  }
}

async function* piecesOf(file: JoinedFile, report: (finding: Finding) => void): AsyncGenerator<Buffer> {
  for await (const bytes of readChunks(file.read(), report)) {
    const chunk = asBuffer(bytes);
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
  }
}
