import { closeSync, mkdirSync, openSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const retryMs = 20;
/** Least time between two writes: on a busy process each costs more than the line that it writes. */
const gatherMs = 10;
const maxPendingBytes = 16 * 1024 * 1024;

/**
 * Writes lines to a file descriptor without waiting on the caller's path: the first line of a while at the end of its
 * turn, what comes within 10 ms after a write as one more, and only one write is under way at a time. What cannot be
 * written (a full disk, a closed pipe) is dropped and counted, since logging must never stop the service.
 */
export class LogDestination {
  readonly #path: string | undefined;
  #descriptor: number;
  #pending = '';
  #underWay: Buffer | undefined;
  #scheduled = false;
  #wroteMs = 0;
  #dropped = 0;
  #idle: (() => void)[] = [];

  /** @param path a file opened for appending (its folder is made), or undefined for stderr */
  constructor(path?: string) {
    this.#path = path;
    this.#descriptor = path === undefined ? 2 : this.#open(path);
  }

  get dropped(): number {
    return this.#dropped;
  }

  add(text: string): void {
    if (this.#pending.length > maxPendingBytes) {
      this.#dropped += 1;
      return;
    }
    this.#pending += text;
    this.#writeSoon();
  }

  /** Settles when all that was added before has been written. */
  flush(): Promise<void> {
    if (this.#pending === '' && this.#underWay === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#writeNext();
    });
  }

  /** For the `exit` event only, where nothing asynchronous runs any more. */
  flushAtExit(): void {
    const rest = Buffer.concat([this.#underWay ?? Buffer.alloc(0), Buffer.from(this.#pending)]);
    this.#pending = '';
    this.#underWay = undefined;
    let from = 0;
    for (let attempt = 0; from < rest.length && attempt < 1000; attempt += 1) {
      try {
        from += writeSync(this.#descriptor, rest, from);
      } catch (error) {
        // A pipe whose reader is slow: try again, within bounds; anything else cannot be told to anybody.
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
      }
    }
  }

  /** Opens the file again, after a log rotation moved it away. */
  reopen(): void {
    if (this.#path === undefined) return;
    const old = this.#descriptor;
    this.#descriptor = this.#open(this.#path);
    if (this.#underWay === undefined) closeSync(old);
    else this.#idle.push(() => closeSync(old));
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.#path !== undefined) closeSync(this.#descriptor);
  }

  #open(path: string): number {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'a', 0o640);
  }

  #writeSoon(): void {
    if (this.#scheduled || this.#underWay !== undefined) return;
    this.#scheduled = true;
    const write = (): void => {
      this.#scheduled = false;
      this.#writeNext();
    };
    const waitMs = this.#wroteMs + gatherMs - performance.now();
    if (waitMs > 0) setTimeout(write, waitMs);
    else setImmediate(write);
  }

  #writeNext(): void {
    if (this.#underWay !== undefined) return;
    if (this.#pending === '') {
      const waiting = this.#idle;
      this.#idle = [];
      for (const resolve of waiting) resolve();
      return;
    }
    this.#underWay = Buffer.from(this.#pending);
    this.#pending = '';
    this.#wroteMs = performance.now();
    this.#writeUnderWay();
  }

  #writeUnderWay(): void {
    const chunk = this.#underWay;
    if (chunk === undefined) return;
    write(this.#descriptor, chunk, 0, chunk.length, null, (error, written) => {
      if (this.#underWay !== chunk) return;
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#writeUnderWay(), retryMs);
      } else if (error === null && written < chunk.length) {
        this.#underWay = chunk.subarray(written);
        this.#writeUnderWay();
      } else {
        if (error !== null) this.#dropped += 1;
        this.#underWay = undefined;
        // Somebody waits for the end of it, or nothing is left: at once.
        if (this.#idle.length > 0 || this.#pending === '') this.#writeNext();
        else this.#writeSoon();
      }
    });
  }
}
