/** Remembers the last `_unique_id`s of a server: oslo keeps 16, which a burst of redeliveries outruns. */
export class DuplicateWindow {
  readonly #done = new Set<string>();

  constructor(readonly size = 4096) {}

  has(uniqueId: string): boolean {
    return this.#done.has(uniqueId);
  }

  add(uniqueId: string): void {
    this.#done.add(uniqueId);
    if (this.#done.size <= this.size) return;
    for (const oldest of this.#done) {
      this.#done.delete(oldest);
      break;
    }
  }
}
