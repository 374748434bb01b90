/** Connections that have to be in one shard, by their Community IDs. */
export class Groups {
  readonly #parents = new Map<string, string>();

  /** Two of them stay together, and with them all that stay with either. */
  join(one: string, other: string): void {
    const [a, b] = [this.nameOf(one), this.nameOf(other)];
    if (a === b) return;
    // The lowest name stands for all, in whatever order they are joined.
    if (a < b) this.#parents.set(b, a);
    else this.#parents.set(a, b);
  }

  /** The Community ID that stands for all that stay together. */
  nameOf(id: string): string {
    let name = id;
    for (let parent = this.#parents.get(name); parent !== undefined; parent = this.#parents.get(name)) name = parent;
    return name;
  }
}
