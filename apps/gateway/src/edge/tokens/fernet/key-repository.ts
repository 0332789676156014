import { chmodSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '#libs/config';
import { newFernetKey, readFernetKey } from './fernet-cipher.js';
import type { FernetKey } from './fernet-cipher.js';

/** The directory has no key, or cannot be read or written. */
export class KeyRepositoryError extends Error {
  override readonly name = 'KeyRepositoryError';
}

/** How long keys are cached: a rotation is noticed after this time. */
const FRESH_MS = 1_000;

/**
 * keystone's directory of Fernet keys, one file per key, named by a number: 0 is the next one, the highest signs, all
 * verify (keystone.common.fernet_utils). The keys of a rotation are copied to every service before the next one.
 */
export class KeyRepository {
  #keys: readonly FernetKey[] = [];
  #readAt = -Infinity;

  constructor(readonly directory: string) {}

  /** The key that signs. Throws KeyRepositoryError when there is none. */
  primary(): FernetKey {
    const [first] = this.all();
    if (first === undefined) throw new KeyRepositoryError(`${this.directory}: there is no key`);
    return first;
  }

  /** The signing key comes first. Throws KeyRepositoryError. */
  all(): readonly FernetKey[] {
    const now = performance.now();
    if (now - this.#readAt < FRESH_MS) return this.#keys;
    this.#keys = this.#numbers().flatMap((number) => {
      const key = readFernetKey(this.#attempt(() => readFileSync(this.#file(number), 'utf8')));
      return key === undefined ? [] : [key];
    });
    this.#readAt = now;
    return this.#keys;
  }

  /** Whether users other than the owner and its group can read the directory. */
  isOpenToAll(): boolean {
    return (this.#attempt(() => statSync(this.directory)).mode & 0o007) !== 0;
  }

  /** Creates the directory with its first two keys; false when it already has keys. Throws KeyRepositoryError. */
  setUp(): boolean {
    this.#attempt(() => makeDirectory(this.directory, 0o700));
    if (this.#numbers().includes(0)) return false;
    this.#write();
    this.rotate(Number.MAX_SAFE_INTEGER);
    return true;
  }

  /**
   * The next key becomes the signing one, a new next one is made, and the oldest beyond `most` are removed. Returns the
   * number of the signing key. Throws KeyRepositoryError.
   */
  rotate(most: number): number {
    const numbers = this.#numbers();
    const [highest] = numbers;
    if (highest === undefined || !numbers.includes(0)) {
      throw new KeyRepositoryError(`${this.directory}: there is no key to rotate, set it up first`);
    }
    const primary = highest + 1;
    this.#attempt(() => renameSync(this.#file(0), this.#file(primary)));
    this.#write();
    // The next key and the signing one are always kept.
    const old = numbers.filter((number) => number > 0);
    for (const number of old.slice(Math.max(0, most - 2))) this.#attempt(() => rmSync(this.#file(number)));
    this.#readAt = -Infinity;
    return primary;
  }

  #write(): void {
    const draft = join(this.directory, '0.tmp');
    this.#attempt(() => {
      writeFileSync(draft, newFernetKey(), { mode: 0o600 });
      chmodSync(draft, 0o600);
      renameSync(draft, this.#file(0));
    });
  }

  /** The highest first. */
  #numbers(): readonly number[] {
    const names = this.#attempt(() => readdirSync(this.directory));
    return names
      .filter((name) => /^\d{1,9}$/.test(name))
      .map(Number)
      .toSorted((a, b) => b - a);
  }

  #file(number: number): string {
    return join(this.directory, String(number));
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new KeyRepositoryError(error instanceof Error ? error.message : String(error));
    }
  }
}
