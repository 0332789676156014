/** Remembers the last `_unique_id`s of a server: oslo keeps 16, and a burst of redeliveries exceeds that. */
export class DuplicateWindow {
  readonly #known = new Set<string>();
  readonly #ring: string[] = [];
  #at = 0;

  constructor(readonly size = 4096) {}

  has(uniqueId: string): boolean {
    return this.#known.has(uniqueId);
  }

  add(uniqueId: string): void {
    if (this.#known.has(uniqueId)) return;
    this.#known.add(uniqueId);
    const oldest = this.#ring[this.#at];
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#ring[this.#at] = uniqueId;
    this.#at = (this.#at + 1) % this.size;
  }
}
