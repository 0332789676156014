import { MessagingError } from '../errors.js';
import { Fifo } from '../drivers/fifo.js';
import { TimerWheel } from '../timing/timer-wheel.js';
import type { Expiring } from '../timing/timer-wheel.js';

interface Waiting extends Expiring {
  done: boolean;
  readonly enter: () => void;
}

/**
 * At most this many casts are serialized and sent at once; the others wait before they are serialized, so that a slow
 * broker costs memory for a few of them only.
 */
export class PublishGate {
  #inside = 0;
  readonly #waiting = new Fifo<Waiting>();
  readonly #wheel = new TimerWheel();

  constructor(readonly limit: number) {}

  /**
   * Null when there is a free slot now. Rejects with BrokerUnavailable at the end of the time. After entering, the
   * caller must call `leave` once.
   */
  enter(timeoutMs: number): Promise<void> | null {
    if (this.#inside < this.limit) {
      this.#inside += 1;
      return null;
    }
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        slot: 0,
        done: false,
        enter: resolve,
        expire: () => {
          if (entry.done) return;
          entry.done = true;
          const text = 'the broker takes messages too slowly: the cast was not sent in time';
          reject(new MessagingError('BrokerUnavailable', text));
        },
      };
      this.#wheel.add(entry, timeoutMs);
      this.#waiting.push(entry);
    });
  }

  leave(): void {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (next.done) continue;
      next.done = true;
      this.#wheel.remove(next);
      return next.enter();
    }
    this.#inside -= 1;
  }
}
