import { createHash } from 'node:crypto';

/** Every name uses memory of each connection on the server. */
const MAX_NAMES = 250;
const MAX_SEEN = 1000;

/**
 * Names for repeated statements; a text gets a name the second time it is used. The name is derived from the text:
 * behind a pooler, another worker may have prepared it on the same server connection.
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
      // Texts that are never repeated (they may contain lists of any length) must not fill the memory.
      if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
      this.#seen.add(text);
      return undefined;
    }
    const name = `s_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    this.#names.set(text, name);
    return name;
  }

  /** Assigns another name, under which every connection prepares the statement again. */
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
