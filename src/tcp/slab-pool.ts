/** Bytes of a slab. */
const SLAB = 1024 * 1024;

/** A piece of memory. */
export interface Block {
  readonly slab: Buffer;
  readonly offset: number;
  readonly size: number;
}

/**
 * Gives out blocks whose sizes are powers of two, cut from large slabs, and takes them back for others of the same size.
 *
 * A buffer of its own for each of ten thousand directions would cost more in garbage collection than all else that is
 * done with its bytes.
 */
export class SlabPool {
  readonly #free = new Map<number, Block[]>();

  /** A block of a size, with any contents. */
  take(size: number): Block {
    const free = this.#freeOf(size);
    const block = free.pop();
    if (block !== undefined) return block;
    const slab = Buffer.allocUnsafeSlow(Math.max(size, SLAB));
    for (let offset = slab.length - size; offset > 0; offset -= size) free.push({ slab, offset, size });
    return { slab, offset: 0, size };
  }

  /** Takes a block back. */
  give(block: Block): void {
    this.#freeOf(block.size).push(block);
  }

  #freeOf(size: number): Block[] {
    let free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, (free = []));
    return free;
  }
}
