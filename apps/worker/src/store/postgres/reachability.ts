import { getLogger } from '#libs/telemetry';
import { DatabaseUnavailable, isHopeless, reasonOf } from '../database.errors.js';

const log = getLogger('albireo.store');

interface Outage {
  /** performance.now() of the outage's first sign. */
  readonly since: number;
  reason: unknown;
  /** Resolves with true when the database is back, with false when requests have waited long enough. */
  readonly end: Promise<boolean>;
  readonly finish: (isBack: boolean) => void;
}

/**
 * Whether the database can be reached. In the first `reconnectTimeoutMs` of an outage requests wait, so that a short
 * outage fails none of them; after that every request is refused at once.
 */
export class Reachability {
  #outage: Outage | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Until the first connection, the code that opens the store reports the failure itself. */
  #wasReached = false;

  constructor(
    readonly reconnectTimeoutMs: number,
    readonly onChange: () => void,
  ) {}

  get isAway(): boolean {
    return this.#outage !== null;
  }

  /** The last error while the database cannot be reached. */
  get cause(): unknown {
    return this.#outage?.reason;
  }

  /** Why it cannot be reached; null while it can. */
  get reason(): string | null {
    return this.#outage === null ? null : reasonOf(this.#outage.reason);
  }

  /** Resolves when the database can be reached; rejects with DatabaseUnavailable if that takes too long. */
  async whenReachable(): Promise<void> {
    while (this.#outage !== null) {
      const outage = this.#outage;
      if (!(await outage.end)) throw new DatabaseUnavailable(outage.reason);
    }
  }

  /** @param since performance.now() of the first sign of the outage */
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

  /** Ends all waits. */
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
