/** At most `limit` run at once; the others wait in order. */
export class ConcurrencyLimit {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly limit: number) {}

  /** Runs `begin` now or when a slot is free; the caller then calls `leave` once. */
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
