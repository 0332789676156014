import type { Random } from '../fuzz/random.js';

/** The servers that a load has made: who lives, who was told to go. */
export class ServerBook {
  readonly #alive: string[] = [];
  readonly deleted = new Set<string>();
  /** Name of each server that was accepted, by its id. Names are given once. */
  readonly accepted = new Map<string, string>();

  constructor(readonly random: Random) {}

  get alive(): number {
    return this.#alive.length;
  }

  get living(): readonly string[] {
    return this.#alive;
  }

  add(id: string, name: string): void {
    this.accepted.set(id, name);
    this.#alive.push(id);
  }

  /** Any that lives; whether it is built already does not matter. */
  pick(): string | undefined {
    return this.#alive[this.random.below(Math.max(1, this.#alive.length))];
  }

  /** Takes one away, before it is told to go: nobody asks for it from now on. */
  take(): string | undefined {
    const [id] = this.#alive.splice(this.random.below(Math.max(1, this.#alive.length)), 1);
    if (id !== undefined) this.deleted.add(id);
    return id;
  }
}
