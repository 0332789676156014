import { getLogger } from '#libs/telemetry';
import { DatabaseUnavailable, isHopeless, reasonOf } from '../database.errors.js';

const log = getLogger('albireo.store');

interface Outage {
  /** performance.now() of its first sign. */
  readonly since: number;
  reason: unknown;
  /** Resolves with true when the database is back, with false once requests have waited for long enough. */
  readonly end: Promise<boolean>;
  readonly finish: (isBack: boolean) => void;
}

/**
 * Whether the database can be reached. In the first `reconnectTimeoutMs` of an outage requests wait, so that a short one
 * fails none of them; after that they are refused at once, however many there are.
 */
export class Reachability {
  #outage: Outage | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Before the first time whoever opens the store tells why it does not get it. */
  #wasReached = false;

  constructor(
    readonly reconnectTimeoutMs: number,
    readonly onChange: () => void,
  ) {}

  get isAway(): boolean {
    return this.#outage !== null;
  }

  /** What was thrown last while it cannot be reached. */
  get cause(): unknown {
    return this.#outage?.reason;
  }

  /** Why it cannot be reached; null while it can. */
  get reason(): string | null {
    return this.#outage === null ? null : reasonOf(this.#outage.reason);
  }

  /** Resolves when the database can be reached; rejects with DatabaseUnavailable when that takes too long. */
  async whenReachable(): Promise<void> {
    while (this.#outage !== null) {
      const outage = this.#outage;
      if (!(await outage.end)) throw new DatabaseUnavailable(outage.reason);
    }
  }

  /** @param since performance.now() of the first sign that it was away */
  failed(reason: unknown, since: number): void {
    if (this.#outage !== null) {
      this.#outage.reason = reason;
      return;
    }
    let finish: (isBack: boolean) => void = () => undefined;
    const end = new Promise<boolean>((resolve) => {
      finish = resolve;
    });
    const outage: Outage = { since, reason, end, finish };
    const left = isHopeless(reason) ? 0 : since + this.reconnectTimeoutMs - performance.now();
    this.#timer = setTimeout(() => finish(false), Math.max(0, left));
    this.#outage = outage;
    if (this.#wasReached) log.warning(`The database cannot be reached: ${reasonOf(reason)}`);
    this.onChange();
  }

  /** Nobody is to wait any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#outage?.finish(false);
  }

  succeeded(): void {
    const outage = this.#outage;
    const isFirst = !this.#wasReached;
    this.#wasReached = true;
    if (outage === null) return;
    this.#outage = null;
    clearTimeout(this.#timer);
    outage.finish(true);
    const seconds = Math.round((performance.now() - outage.since) / 100) / 10;
    if (!isFirst) log.info(`The database can be reached again, after ${seconds} s`);
    this.onChange();
  }
}
