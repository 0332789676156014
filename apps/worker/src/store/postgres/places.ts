/** A fixed number of places; a caller that finds none free waits in a queue. */
export class Places {
  #taken = 0;
  readonly #line: ((entered: boolean) => void)[] = [];

  constructor(readonly size: number) {}

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** Resolves with true when the caller has a place, until `leave`; with false if that took too long. */
  async enter(withinMs: number): Promise<boolean> {
    if (this.#taken < this.size) {
      this.#taken += 1;
      return true;
    }
    return new Promise((resolve) => {
      const next = (entered: boolean): void => {
        clearTimeout(timer);
        resolve(entered);
      };
      const timer = setTimeout(() => {
        this.#line.splice(this.#line.indexOf(next), 1);
        resolve(false);
      }, withinMs);
      this.#line.push(next);
    });
  }

  leave(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#taken -= 1;
    else next(true);
  }
}
