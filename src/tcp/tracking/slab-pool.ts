/** Bytes of a slab. */
const SLAB = 1024 * 1024;

/** Memory that blocks are cut from. */
class Slab {
  readonly bytes: Buffer;
  /** Bytes of the blocks that are given out. */
  used = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }
}

/** A piece of memory. */
export interface Block {
  readonly slab: Buffer;
  readonly offset: number;
  readonly size: number;
  /** Who cut it. */
  readonly from: Slab;
}

/**
 * Gives out blocks whose sizes are powers of two, cut from large slabs, and takes them back for others of the same size.
 * A slab none of whose blocks is in use is dropped: thousands of
 * directions outgrow their blocks together.
 *
 * A buffer of its own for each of ten thousand directions would cost more in garbage collection than all else that is
 * done with its bytes.
 */
export class SlabPool {
  readonly #free = new Map<number, Block[]>();

  /** A block of a size, with any contents. */
  take(size: number): Block {
    const free = this.#freeOf(size);
    const block = free.pop() ?? this.#cut(size, free);
    block.from.used += size;
    return block;
  }

  /** Takes a block back. */
  give(block: Block): void {
    const { from, size } = block;
    const free = this.#freeOf(size);
    from.used -= size;
    free.push(block);
    if (from.used > 0) return;
    const others = free.filter((each) => each.from !== from);
    // One is kept for the next that asks.
    if (others.length > 0) this.#free.set(size, others);
  }

  /** Cuts a new slab. @returns its first block */
  #cut(size: number, free: Block[]): Block {
    const from = new Slab(Math.max(size, SLAB));
    const slab = from.bytes;
    for (let offset = slab.length - size; offset > 0; offset -= size) free.push({ slab, offset, size, from });
    return { slab, offset: 0, size, from };
  }

  #freeOf(size: number): Block[] {
    let free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, (free = []));
    return free;
  }
}
