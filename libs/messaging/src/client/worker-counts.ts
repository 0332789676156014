import { MessagingError } from '../errors.js';
import type { UnservedTopic } from '../transport/health.js';
import type { Driver } from '../drivers/driver.js';

interface Entry {
  /** -1: not known. */
  consumers: number;
  /** The last check found no such queue. */
  missing: boolean;
  /** performance.now() of the last check; -Infinity before the first. */
  checkedAt: number;
  /** performance.now() at which a consumer was last seen. */
  aliveAt: number;
  /** performance.now() of the first check since then that found none. */
  absentAt: number;
  looking: Promise<void> | null;
}

const freshMs = 2_000;

/** 'unknown': there is no such queue, or it could not be checked; a mandatory publish will show. */
export type WorkerState = 'alive' | 'absent' | 'unknown';

/**
 * Number of consumers of the queues that calls are sent to, from passive declares, cached. A topic that had a consumer
 * within the grace period counts as alive, so that a restart is not an error.
 */
export class WorkerCounts {
  readonly #entries = new Map<string, Entry>();
  readonly #unserved = new Map<string, UnservedTopic>();

  constructor(
    readonly driver: Pick<Driver, 'inspectQueue'>,
    readonly graceMs: number,
    readonly onChange: () => void = () => undefined,
  ) {}

  /** Topics for which calls found no worker, until a worker is seen again. Reading this starts a new check. */
  get unserved(): readonly UnservedTopic[] {
    for (const queue of this.#unserved.keys()) {
      const entry = this.#entry(queue);
      if (performance.now() - entry.checkedAt > freshMs) void this.#look(queue, entry);
    }
    return [...this.#unserved.values()];
  }

  /** True when a call may be sent without waiting; starts a check in the background when the cached count is old. */
  isAlive(queue: string): boolean {
    const entry = this.#entries.get(queue);
    if (entry === undefined || entry.consumers === 0) return false;
    if (performance.now() - entry.checkedAt > freshMs) void this.#look(queue, entry);
    return true;
  }

  /** `maxAgeMs`: older knowledge of a living topic is not enough. */
  async state(queue: string, maxAgeMs = freshMs): Promise<WorkerState> {
    const entry = this.#entry(queue);
    // Absence is checked again each time: it fails a call, and a server may have started since the last check.
    if (entry.consumers <= 0 || performance.now() - entry.checkedAt > maxAgeMs) await this.#look(queue, entry);
    if (entry.consumers > 0) return 'alive';
    // A queue that existed and is gone has no more servers than one without consumers.
    if (entry.consumers < 0 && !(entry.missing && entry.aliveAt > -Infinity)) return 'unknown';
    return performance.now() - entry.aliveAt < this.graceMs ? 'alive' : 'absent';
  }

  /** A consumer was seen within the grace period: a worker that is down may be restarting. */
  wasAlive(queue: string): boolean {
    const entry = this.#entries.get(queue);
    return entry !== undefined && performance.now() - entry.aliveAt < this.graceMs;
  }

  /**
   * More than one check in a row has found no consumer. So a worker that was replaced between two checks does not count
   * as gone, even where the grace period is shorter than the time between checks.
   */
  isConfirmedAbsent(queue: string, lookEveryMs: number): boolean {
    const entry = this.#entries.get(queue);
    return entry !== undefined && performance.now() - entry.absentAt >= Math.min(this.graceMs, lookEveryMs / 2);
  }

  /** The NoWorker error with the result of the last check. */
  noWorker(topic: string, queue: string): MessagingError {
    const entry = this.#entries.get(queue);
    const found =
      entry === undefined || entry.consumers > 0
        ? `nothing leads to queue "${queue}"`
        : entry.missing
          ? `there is no queue "${queue}"`
          : `queue "${queue}" has no consumer`;
    if (this.#unserved.get(queue)?.reason !== found) {
      this.#unserved.set(queue, { topic, reason: found });
      this.onChange();
    }
    return new MessagingError('NoWorker', `no worker serves the topic "${topic}": ${found}`);
  }

  /** An unroutable message proves that there is no consumer. */
  forget(queue: string): void {
    const entry = this.#entries.get(queue);
    if (entry !== undefined) Object.assign(entry, { consumers: -1, missing: false, checkedAt: -Infinity });
  }

  #entry(queue: string): Entry {
    let entry = this.#entries.get(queue);
    if (entry === undefined) {
      entry = {
        consumers: -1,
        missing: false,
        checkedAt: -Infinity,
        aliveAt: -Infinity,
        absentAt: Infinity,
        looking: null,
      };
      this.#entries.set(queue, entry);
    }
    return entry;
  }

  #look(queue: string, entry: Entry): Promise<void> {
    entry.looking ??= this.driver
      .inspectQueue(queue)
      .catch(() => undefined)
      .then((found) => {
        entry.looking = null;
        entry.checkedAt = performance.now();
        entry.consumers = found?.consumers ?? -1;
        entry.missing = found === null;
        if (entry.consumers > 0) {
          if (this.#unserved.delete(queue)) this.onChange();
          entry.aliveAt = entry.checkedAt;
          entry.absentAt = Infinity;
        } else entry.absentAt = Math.min(entry.absentAt, entry.checkedAt);
      });
    return entry.looking;
  }
}
