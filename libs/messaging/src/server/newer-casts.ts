import type { Inbound } from '../drivers/driver.js';
import type { IncomingRequest } from '../wire/envelope.js';

/** Waits before each requeue of one cast, in milliseconds; 15 s in all. */
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000];
const FORGOTTEN_AFTER_MS = 60_000;

/**
 * Casts of a later minor version than this server's: during a rolling upgrade, a newer server of the same queue may
 * take them. Each goes back to its queue a few times (a quorum queue drops a message after twenty returns).
 */
export class NewerCasts {
  readonly #held = new Map<Inbound, NodeJS.Timeout>();
  readonly #returns = new Map<string, { readonly count: number; readonly at: number }>();

  /** Returns a cast to its queue, after a wait. False when this server has returned it often enough. */
  handBack(message: Inbound, { uniqueId }: Pick<IncomingRequest, 'uniqueId'>): boolean {
    if (uniqueId === null) return false;
    const at = performance.now();
    for (const [id, entry] of this.#returns) {
      if (at - entry.at <= FORGOTTEN_AFTER_MS) break;
      this.#returns.delete(id);
    }
    const count = this.#returns.get(uniqueId)?.count ?? 0;
    this.#returns.delete(uniqueId);
    const waitMs = WAITS_MS[count];
    if (waitMs === undefined) return false;
    this.#returns.set(uniqueId, { count: count + 1, at });
    const timer = setTimeout(() => {
      this.#held.delete(message);
      message.requeue();
    }, waitMs);
    this.#held.set(message, timer);
    return true;
  }

  /** Returns all waiting casts at once. */
  stop(): void {
    for (const [message, timer] of this.#held) {
      clearTimeout(timer);
      message.requeue();
    }
    this.#held.clear();
  }
}
