import { statfs } from 'node:fs/promises';
import { getLogger } from '#libs/telemetry';
import { DatabaseUnavailable } from '../database.errors.js';

const log = getLogger('albireo.store');

const MEBIBYTE = 1024 * 1024;
/**
 * Two segments of the write-ahead log, 16 MiB each. If there is no space for the next segment, PostgreSQL panics, and
 * inside PGlite that stops the whole process for good; with this much free space it cannot happen.
 */
const LEAST_BYTES = 32 * MEBIBYTE;
const LOOK_MS = 1_000;

/** Refuses changes to an embedded database whose disk is nearly full; reads still work. */
export class DiskGuard {
  #freeBytes = Infinity;
  #lookedAt = -Infinity;

  constructor(
    readonly directory: string,
    readonly onChange: () => void,
    /** Free bytes on the disk of a folder. */
    readonly freeBytesOf: (directory: string) => Promise<number> = freeBytes,
  ) {}

  /** A message for the operator; null if there is enough space. */
  get reason(): string | null {
    if (this.#freeBytes >= LEAST_BYTES) return null;
    const left = Math.floor(this.#freeBytes / MEBIBYTE);
    return `the disk of the embedded database has ${left} MiB left, changes need ${LEAST_BYTES / MEBIBYTE}`;
  }

  /** Throws DatabaseUnavailable if there is not enough space for a change. */
  async requireRoom(): Promise<void> {
    const now = performance.now();
    if (now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      this.#note(await this.freeBytesOf(this.directory));
    }
    const { reason } = this;
    if (reason !== null) throw new DatabaseUnavailable(reason, 'refused');
  }

  #note(freeBytes: number): void {
    const before = this.reason;
    this.#freeBytes = freeBytes;
    const { reason } = this;
    if ((before === null) === (reason === null)) return;
    if (reason === null) log.info('The disk of the embedded database has room again');
    else log.error(`Changes are refused: ${reason}`);
    this.onChange();
  }
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
