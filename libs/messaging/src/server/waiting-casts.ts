import type { MessagingObserver } from '../transport/messaging-observer.js';
import type { Driver } from '../drivers/driver.js';

const lookEveryMs = 15_000;

/** Checks from time to time the queues that casts were sent to, and reports those without a consumer. */
export class WaitingCasts {
  readonly #queues = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly driver: Pick<Driver, 'inspectQueue'>,
    readonly observer: Pick<MessagingObserver, 'castsWaiting'>,
    readonly everyMs = lookEveryMs,
  ) {}

  /** A cast was sent to the queue. */
  sent(queue: string): void {
    if (this.observer.castsWaiting === undefined) return;
    this.#queues.add(queue);
    this.#timer ??= setInterval(() => void this.#look(), this.everyMs).unref();
  }

  async #look(): Promise<void> {
    for (const queue of this.#queues) {
      try {
        const found = await this.driver.inspectQueue(queue);
        const count = found === null || found.consumers > 0 ? 0 : found.messages;
        this.observer.castsWaiting?.(queue, count);
        // Watched until a consumer has taken them, then again from the next cast on.
        if (count === 0) this.#queues.delete(queue);
      } catch {
        // No broker: the next check will show.
      }
    }
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#queues.clear();
  }
}
