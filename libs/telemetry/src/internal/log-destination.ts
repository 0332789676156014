import { closeSync, fstatSync, openSync, statSync, watch, write, writeSync } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { makeDirectory } from '#libs/config';
import { isRotationDue, rotate } from './log-rotation.js';
import type { LogRotation } from './log-rotation.js';

const retryMs = 20;
/** Minimum time between two writes: on a busy process a write is more expensive than the line that it writes. */
const gatherMs = 10;
const maxPendingBytes = 16 * 1024 * 1024;

/** How a log file is handled while it is written. */
export interface LogFileCare {
  readonly rotation?: LogRotation | undefined;
  /** Reopen a file that was moved or removed at once, not only at the next line. */
  readonly watch?: boolean | undefined;
}

/**
 * Writes lines to a file descriptor without blocking the caller. The first line after a pause is written at the end of
 * its turn, lines that come within 10 ms after a write are written together, and only one write runs at a time. Lines
 * that cannot be written (a full disk, a closed pipe) are dropped and counted, since logging must never stop the
 * service. A file that was moved or removed, by logrotate or by another process, is reopened before the next write.
 */
export class LogDestination {
  readonly #path: string | undefined;
  readonly #care: LogFileCare;
  readonly #watcher: FSWatcher | undefined;
  #descriptor: number;
  /** The file behind the descriptor, and when it was opened. */
  #opened = { inode: 0, timeMs: 0 };
  #pending = '';
  #underWay: Buffer | undefined;
  #scheduled = false;
  #wroteMs = 0;
  #dropped = 0;
  #idle: (() => void)[] = [];

  /** @param path a file opened for appending (its folder is made), or undefined for stderr */
  constructor(path?: string, care: LogFileCare = {}) {
    this.#path = path;
    this.#care = care;
    this.#descriptor = path === undefined ? 2 : this.#open(path);
    this.#watcher = path !== undefined && care.watch === true ? this.#watchFolder(path) : undefined;
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

  /** Settles when everything that was added before has been written. */
  flush(): Promise<void> {
    if (this.#pending === '' && this.#underWay === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#writeNext();
    });
  }

  /** For the `exit` event only, when nothing asynchronous runs any more. */
  flushAtExit(): void {
    const rest = Buffer.concat([this.#underWay ?? Buffer.alloc(0), Buffer.from(this.#pending)]);
    this.#pending = '';
    this.#underWay = undefined;
    let from = 0;
    for (let attempt = 0; from < rest.length && attempt < 1000; attempt += 1) {
      try {
        from += writeSync(this.#descriptor, rest, from);
      } catch (error) {
        // A pipe whose reader is slow: try again, within limits; any other error cannot be reported.
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
      }
    }
  }

  /** Opens the file again, after a log rotation moved it. Throws the system's error; the old file then stays open. */
  reopen(): void {
    if (this.#path === undefined) return;
    const old = this.#descriptor;
    this.#descriptor = this.#open(this.#path);
    if (this.#underWay === undefined) closeSync(old);
    else this.#idle.push(() => closeSync(old));
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    await this.flush();
    if (this.#path !== undefined) closeSync(this.#descriptor);
  }

  #open(path: string): number {
    makeDirectory(dirname(path));
    const descriptor = openSync(path, 'a', 0o640);
    this.#opened = { inode: fstatSync(descriptor).ino, timeMs: Date.now() };
    return descriptor;
  }

  /** Rotates the file when that is due, and reopens it when the path leads to another file than before. */
  #follow(bytes: number): void {
    if (this.#path === undefined) return;
    try {
      const { rotation } = this.#care;
      const stats = statSync(this.#path, { throwIfNoEntry: false });
      if (stats !== undefined && rotation !== undefined) {
        const file = { stats, openedMs: this.#opened.timeMs };
        if (isRotationDue(rotation, file, bytes, Date.now())) rotate(this.#path, rotation, file);
      }
      const present = rotation === undefined ? stats : statSync(this.#path, { throwIfNoEntry: false });
      if (present?.ino !== this.#opened.inode) this.reopen();
    } catch {
      // The folder is gone or full: lines go to the old file as long as possible.
    }
  }

  #watchFolder(path: string): FSWatcher {
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) this.#follow(0);
    });
    // The folder itself may be removed: the next line notices it.
    watcher.on('error', () => watcher.close());
    return watcher;
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
    const chunk = Buffer.from(this.#pending);
    this.#pending = '';
    this.#follow(chunk.length);
    this.#underWay = chunk;
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
        // A caller waits for the end of the writes, or nothing is left: write at once.
        if (this.#idle.length > 0 || this.#pending === '') this.#writeNext();
        else this.#writeSoon();
      }
    });
  }
}
