import type { Driver } from './driver.js';

interface Entry {
  consumers: number;
  /** performance.now() of the last look; -Infinity before the first. */
  checkedAt: number;
  /** performance.now() at which a consumer was last seen. */
  aliveAt: number;
  /** performance.now() of the first look since then that found none. */
  absentAt: number;
  looking: Promise<void> | null;
}

const freshMs = 2_000;
const absentFreshMs = 100;

/** 'unknown': there is no such queue, or no look was possible; a mandatory publish will tell. */
export type WorkerState = 'alive' | 'absent' | 'unknown';

/**
 * Consumers of the queues that calls go to, from passive declares, cached. A topic that had a consumer within the
 * grace counts as alive, so that a restart is not an error.
 */
export class WorkerCounts {
  readonly #entries = new Map<string, Entry>();

  constructor(
    readonly driver: Pick<Driver, 'inspectQueue'>,
    readonly graceMs: number,
  ) {}

  /** True when a call may go without waiting; looks again in the background when the knowledge is old. */
  isAlive(queue: string): boolean {
    const entry = this.#entries.get(queue);
    if (entry === undefined || entry.consumers === 0) return false;
    if (performance.now() - entry.checkedAt > freshMs) void this.#look(queue, entry);
    return true;
  }

  /** `maxAgeMs`: older knowledge of a living topic is not enough. */
  async state(queue: string, maxAgeMs = freshMs): Promise<WorkerState> {
    const entry = this.#entry(queue);
    const age = performance.now() - entry.checkedAt;
    if (age > (entry.consumers > 0 ? maxAgeMs : absentFreshMs)) await this.#look(queue, entry);
    if (entry.consumers > 0) return 'alive';
    if (entry.consumers < 0) return 'unknown';
    return performance.now() - entry.aliveAt < this.graceMs ? 'alive' : 'absent';
  }

  /** A consumer was seen within the grace: one that is away may be coming back. */
  wasAlive(queue: string): boolean {
    const entry = this.#entries.get(queue);
    return entry !== undefined && performance.now() - entry.aliveAt < this.graceMs;
  }

  /**
   * More than one look in a row has found nobody: a worker that was replaced between two looks is not taken for gone,
   * also where the grace is shorter than the time between looks.
   */
  isConfirmedAbsent(queue: string, lookEveryMs: number): boolean {
    const entry = this.#entries.get(queue);
    return entry !== undefined && performance.now() - entry.absentAt >= Math.min(this.graceMs, lookEveryMs / 2);
  }

  /** An unroutable message proves that nobody is there. */
  forget(queue: string): void {
    const entry = this.#entries.get(queue);
    if (entry !== undefined) entry.consumers = -1;
  }

  #entry(queue: string): Entry {
    let entry = this.#entries.get(queue);
    if (entry === undefined) {
      entry = { consumers: -1, checkedAt: -Infinity, aliveAt: -Infinity, absentAt: Infinity, looking: null };
      this.#entries.set(queue, entry);
    }
    return entry;
  }

  #look(queue: string, entry: Entry): Promise<void> {
    entry.looking ??= this.driver
      .inspectQueue(queue)
      .catch(() => null)
      .then((found) => {
        entry.looking = null;
        entry.checkedAt = performance.now();
        entry.consumers = found === null ? -1 : found.consumers;
        if (entry.consumers > 0) {
          entry.aliveAt = entry.checkedAt;
          entry.absentAt = Infinity;
        } else entry.absentAt = Math.min(entry.absentAt, entry.checkedAt);
      });
    return entry.looking;
  }
}
