/** At most `limit` runs at once; the rest waits in order. */
export class ConcurrencyLimit {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly limit: number) {}

  /** Runs `begin` now or when a place is free; whoever began calls `leave` once. */
  enter(begin: () => void): void {
    if (this.#running < this.limit) {
      this.#running += 1;
      begin();
    } else this.#waiting.push(begin);
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
