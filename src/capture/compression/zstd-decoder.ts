import { Decompress } from 'fzstd';
import { zstdOfNode, type Decompressing, type ZstdOfNode } from '../../common/node/zlib.js';

/** Decompresses one frame, block by block. */
export interface ZstdFrame {
  /** What the next block gives. @throws Error where it is damaged */
  push(block: Buffer, isLast: boolean): Promise<readonly Buffer[]>;
  close(): void;
}

const WINDOW_LOG_MAX = 27;
/** Bytes of the longest block with its header. */
const LONGEST_PUSH = 3 + 128 * 1024;
/** Bytes that fzstd needs to begin. */
const FEWEST = 18;

/** Begins a frame whose header was read: with Node's own decoder where it has one, with fzstd elsewhere. */
export function openZstdFrame(header: Buffer, node: ZstdOfNode = zstdOfNode): ZstdFrame {
  return node.createZstdDecompress === undefined ? new FzstdFrame(header) : new NodeFrame(header, node);
}

class FzstdFrame implements ZstdFrame {
  readonly #work: Decompress;
  /** Its header and first blocks, until the work has begun. */
  #start: Buffer | undefined;
  #given: Buffer[] = [];
  readonly #room = Buffer.allocUnsafeSlow(LONGEST_PUSH);

  constructor(header: Buffer) {
    this.#start = withoutChecksum(header);
    this.#work = new Decompress((bytes) => {
      // It goes on writing into what it gives: a block is done with when the next one is pushed, and kept by nobody.
      if (bytes.length > 0) this.#given.push(Buffer.from(bytes));
    });
  }

  push(block: Buffer, isLast: boolean): Promise<readonly Buffer[]> {
    // It keeps views of what it is given: of fewer bytes than it needs to begin, and an empty one of each piece later. So
    // it begins with enough, and all that comes later is in one buffer.
    if (this.#start !== undefined) {
      this.#start = Buffer.concat([this.#start, block]);
      if (this.#start.length < FEWEST && !isLast) return Promise.resolve([]);
      this.#work.push(this.#start, isLast);
      this.#start = undefined;
    } else {
      block.copy(this.#room);
      this.#work.push(this.#room.subarray(0, block.length), isLast);
    }
    const given = this.#given;
    this.#given = [];
    return Promise.resolve(given);
  }

  close(): void {
    this.#given = [];
  }
}

/** One zstd stream of Node. */
class NodeFrame implements ZstdFrame {
  readonly #stream: Decompressing;
  #given: Buffer[] = [];
  #error: Error | undefined;
  #wake = (): void => undefined;

  constructor(header: Buffer, node: ZstdOfNode) {
    const max = node.constants.ZSTD_d_windowLogMax;
    this.#stream = node.createZstdDecompress!(max === undefined ? {} : { params: { [max]: WINDOW_LOG_MAX } });
    this.#stream.on('data', (bytes: Buffer) => this.#given.push(bytes));
    this.#stream.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
    this.#stream.on('end', () => this.#wake());
    this.#stream.write(withoutChecksum(header));
  }

  async push(block: Buffer, isLast: boolean): Promise<readonly Buffer[]> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#error !== undefined) resolve();
      else if (isLast) this.#stream.end(block);
      else this.#stream.write(block, () => resolve());
    });
    if (this.#error !== undefined) throw this.#error;
    const given = this.#given;
    this.#given = [];
    return given;
  }

  close(): void {
    this.#stream.destroy();
  }
}

/** The header of a frame of which the checksum is verified by others: it would have to be there with the last block. */
function withoutChecksum(header: Buffer): Buffer {
  const copy = Buffer.from(header);
  copy[4]! &= ~0x04;
  return copy;
}
