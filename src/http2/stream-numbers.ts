/** Numbers of streams of which something is known; of too many, the oldest are forgotten. */
export class StreamNumbers {
  readonly #numbers = new Set<number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  has(number: number): boolean {
    return this.#numbers.has(number);
  }

  add(number: number): void {
    this.#numbers.add(number);
    if (this.#numbers.size <= this.#most) return;
    for (const oldest of this.#numbers) {
      this.#numbers.delete(oldest);
      return;
    }
  }

  /** @returns whether it was there */
  delete(number: number): boolean {
    return this.#numbers.delete(number);
  }
}
