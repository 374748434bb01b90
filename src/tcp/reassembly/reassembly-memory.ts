import type { HeldBytes } from '../../common/held-bytes.js';
import { LimitUse } from '../../common/limit-use.js';
import type { Limits } from '../../common/limits.js';
import type { Side } from '../../common/sink.js';
import { OldestFirst } from '../oldest-first.js';
import { RecentBytesBudget } from './recent-bytes.js';

/** What has a hole, and can give up the oldest one of a side. */
export interface HoleOwner {
  /** The limit on what waits over all connections is reached. */
  giveUpOldestHole(side: Side, limit: number): void;
}

/** What the reassemblers of a capture share: the limits, the memory that they use, and who has had a hole for longest. */
export class ReassemblyMemory {
  readonly limits: Limits;
  readonly held: HeldBytes;
  readonly recent: RecentBytesBudget;
  /** The packet of the last segment. */
  packet = 0;
  /** Directions with a hole, the oldest hole first. */
  readonly #holes = new OldestFirst<object, { readonly owner: HoleOwner; readonly side: Side }>();
  readonly #use: LimitUse;
  #outOfOrder = 0;

  constructor(limits: Limits, held: HeldBytes, use = new LimitUse()) {
    this.limits = limits;
    this.held = held;
    this.#use = use;
    this.recent = new RecentBytesBudget(limits.comparedTotal, use);
  }

  /** A direction has a hole from now on. @param key - the direction */
  holeOpened(key: object, owner: HoleOwner, side: Side): void {
    this.#holes.set(key, { owner, side });
  }

  /** A direction has no hole any more. */
  holeClosed(key: object): void {
    this.#holes.delete(key);
  }

  /** Counts bytes that wait after holes; a negative number takes them back. */
  count(bytes: number): void {
    this.#outOfOrder += bytes;
    this.held.add(bytes);
  }

  /** Gives up the oldest holes until no more waits than the limits allow. */
  enforce(): void {
    for (;;) {
      const isOver = this.#outOfOrder > this.limits.outOfOrderTotal;
      if (!isOver && this.held.hasRoomFor(0)) return;
      this.#use.reach(isOver ? 'outOfOrderTotal' : 'heldTotal');
      const oldest = this.#holes.oldest?.value;
      if (oldest === undefined) return;
      oldest.owner.giveUpOldestHole(oldest.side, isOver ? this.limits.outOfOrderTotal : this.held.limit);
    }
  }
}
