import { createHash } from 'node:crypto';
import { DiskHeader } from './disk-header.js';
import type { DiskFacts } from './disk-header.js';

/** Measurements of a stream: number of bytes, and digests in hexadecimal. */
export interface Measures {
  readonly size: number;
  readonly checksum: string;
  readonly os_hash_algo: 'sha512';
  readonly os_hash_value: string;
  readonly disk: DiskFacts;
}

/** The stream has more bytes than permitted. */
export class TooManyBytes extends Error {
  constructor(readonly limit: number) {
    super(`more than ${limit} bytes`);
    this.name = 'TooManyBytes';
  }
}

/** Passes bytes on and measures them; only the first few bytes are kept. */
export class Measured implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #limit: number;
  readonly #md5 = createHash('md5');
  readonly #sha512 = createHash('sha512');
  readonly #header = new DiskHeader();
  #size = 0;

  /** @param limit maximum number of bytes; at one more the iteration throws TooManyBytes */
  constructor(source: AsyncIterable<Uint8Array>, limit: number) {
    this.#source = source;
    this.#limit = limit;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#source) {
      this.#size += chunk.byteLength;
      if (this.#size > this.#limit) throw new TooManyBytes(this.#limit);
      this.#md5.update(chunk);
      this.#sha512.update(chunk);
      this.#header.add(chunk);
      yield chunk;
    }
  }

  /** Call it at the end of the stream. */
  finish(): Measures {
    return {
      size: this.#size,
      checksum: this.#md5.digest('hex'),
      os_hash_algo: 'sha512',
      os_hash_value: this.#sha512.digest('hex'),
      disk: this.#header.facts(this.#size),
    };
  }
}
