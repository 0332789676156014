import { randomBytes } from 'node:crypto';

/** Unique names in oslo's form (32 hexadecimal digits): a random prefix and a counter, several times cheaper than a UUID. */
export class IdSource {
  readonly #prefix = randomBytes(10).toString('hex');
  #next = 0;

  next(): string {
    this.#next += 1;
    return this.#prefix + this.#next.toString(16).padStart(12, '0');
  }
}
