import { createHash } from 'node:crypto';

/** Every name takes memory of each connection in the server. */
const MAX_NAMES = 250;
const MAX_SEEN = 1000;

/**
 * Names for the statements that come again and again; a text gets one when it comes for the second time. The name is
 * made of the text: behind a pooler it may have been given to the server's connection by another program of ours.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #seen = new Set<string>();
  #renamed = 0;
  #isOff: boolean;

  constructor(isOn: boolean) {
    this.#isOff = !isOn;
  }

  get isOn(): boolean {
    return !this.#isOff;
  }

  nameOf(text: string): string | undefined {
    if (this.#isOff) return undefined;
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MAX_NAMES) return known;
    if (!this.#seen.delete(text)) {
      // Texts that never come again (lists in them have any length) must not fill the memory.
      if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
      this.#seen.add(text);
      return undefined;
    }
    const name = `s_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    this.#names.set(text, name);
    return name;
  }

  /** Another name, under which every connection prepares the statement anew. */
  forget(text: string): void {
    const name = this.#names.get(text);
    if (name === undefined) return;
    this.#renamed += 1;
    this.#names.set(text, `${name.slice(0, 34)}_${process.pid}_${this.#renamed}`);
  }

  switchOff(): void {
    this.#isOff = true;
    this.#names.clear();
    this.#seen.clear();
  }
}
