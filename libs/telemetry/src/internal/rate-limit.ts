import { levelNumbers, parseLevel } from './log-levels-table.js';
import type { LogLevel } from './log-levels-table.js';

export type RateVerdict = 'write' | 'announce-drop' | 'drop';

/** oslo.log's rate limit: at most `burst` records in each `intervalMs`, of levels below `exceptLevel`. */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #burst: number;
  readonly #exceptFrom: number;
  #startedMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** @param exceptLevel records of this level and above always pass; empty = none does */
  constructor(intervalMs: number, burst: number, exceptLevel: string) {
    this.#intervalMs = intervalMs;
    this.#burst = burst;
    this.#exceptFrom = parseLevel(exceptLevel) ?? Number.POSITIVE_INFINITY;
  }

  /** The message that is logged once when records begin to be dropped. */
  get announcement(): string {
    return `Logging rate limit: drop after ${this.#burst} records/${this.#intervalMs / 1000} sec`;
  }

  judge(level: LogLevel, nowMs: number): RateVerdict {
    if (levelNumbers[level] >= this.#exceptFrom) return 'write';
    if (nowMs - this.#startedMs >= this.#intervalMs) {
      this.#startedMs = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= this.#burst) return 'write';
    return this.#count === this.#burst + 1 ? 'announce-drop' : 'drop';
  }
}
