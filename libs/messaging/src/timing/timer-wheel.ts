const tickMs = 25;

/** Something that expires at its time, unless it is removed before. */
export interface Expiring {
  /** Managed by the wheel. */
  slot: number;
  /** May be called although the entry was removed in the same turn of the wheel. */
  readonly expire: () => void;
}

/**
 * One timer for all waiting entries; each fires up to 25 ms late, never early. It runs only while there are entries.
 */
export class TimerWheel {
  readonly #slots = new Map<number, Set<Expiring>>();
  #size = 0;
  #timer: NodeJS.Timeout | null = null;
  #next = 0;

  add(entry: Expiring, delayMs: number): void {
    const now = performance.now();
    if (this.#timer === null) {
      this.#next = Math.floor(now / tickMs);
      this.#timer = setInterval(() => this.#turn(), tickMs);
    }
    entry.slot = Math.max(Math.ceil((now + Math.max(0, delayMs)) / tickMs), this.#next);
    let slot = this.#slots.get(entry.slot);
    if (slot === undefined) this.#slots.set(entry.slot, (slot = new Set()));
    slot.add(entry);
    this.#size += 1;
  }

  remove(entry: Expiring): void {
    const slot = this.#slots.get(entry.slot);
    if (slot === undefined || !slot.delete(entry)) return;
    this.#size -= 1;
  }

  #turn(): void {
    if (this.#size === 0) {
      this.#slots.clear();
      if (this.#timer !== null) clearInterval(this.#timer);
      this.#timer = null;
      return;
    }
    const now = Math.floor(performance.now() / tickMs);
    while (this.#next <= now) {
      const due = this.#next;
      const slot = this.#slots.get(due);
      this.#slots.delete(due);
      // An entry added from here on belongs to a later slot.
      this.#next += 1;
      if (slot === undefined) continue;
      this.#size -= slot.size;
      for (const entry of slot) entry.expire();
    }
  }
}
