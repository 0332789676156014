const pauseMs = 1000;

/**
 * The fork throttle of oslo.service's ProcessLauncher: at most `workers` + 1 forks within `workers` seconds, then one a
 * second. It only says how long to wait; the original sleeps in the parent's loop, which stalls signals too.
 */
export class ForkThrottle {
  readonly #workers: number;
  readonly #forkedAtMs: number[] = [];

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Takes one fork and says in how many ms it may happen (0 = now). */
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
