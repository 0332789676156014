const pauseMs = 1000;

/**
 * The fork throttle of oslo.service's ProcessLauncher: at most `workers` + 1 forks within `workers` seconds, then one
 * per second. It only computes the wait; the original sleeps in the parent's loop, which delays signals too.
 */
export class ForkThrottle {
  readonly #workers: number;
  readonly #forkedAtMs: number[] = [];

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Counts one fork and returns in how many ms it may happen (0 = now). */
  take(nowMs: number): number {
    let delayMs = 0;
    if (this.#forkedAtMs.length > this.#workers) {
      const oldest = this.#forkedAtMs.shift() ?? nowMs;
      if (nowMs - oldest < this.#workers * 1000) delayMs = pauseMs;
    }
    this.#forkedAtMs.push(nowMs + delayMs);
    return delayMs;
  }
}

const loopAfter = 5;
const firstDelayMs = 1000;
const maxDelayMs = 30_000;
const keptExits = 5;

/** One death of a worker, in words for logs and `/readyz?verbose`. */
export interface WorkerExit {
  readonly pid: number;
  readonly how: string;
  readonly cause?: string | undefined;
}

/**
 * Detects a service whose workers die before they are ready. From the fifth such death in a row it is a crash loop: the
 * delay before a fork doubles from 1 s up to 30 s. The first worker that becomes ready ends it.
 */
export class CrashLoop {
  #failures = 0;
  #exits: WorkerExit[] = [];

  get active(): boolean {
    return this.#failures >= loopAfter;
  }

  /** The last deaths before readiness, oldest first. */
  get exits(): readonly WorkerExit[] {
    return this.#exits;
  }

  diedBeforeReady(exit: WorkerExit): void {
    this.#failures += 1;
    this.#exits = [...this.#exits, exit].slice(-keptExits);
  }

  becameReady(): void {
    this.#failures = 0;
    this.#exits = [];
  }

  /** How long to wait before the next fork, in addition to the throttle. */
  get delayMs(): number {
    if (!this.active) return 0;
    return Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(this.#failures - loopAfter, 10));
  }
}
