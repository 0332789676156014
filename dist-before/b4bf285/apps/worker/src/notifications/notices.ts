import type { Notifier, NotificationPriority } from '#libs/messaging';
import { createContext, currentContext, getLogger } from '#libs/telemetry';

const log = getLogger('albireo.notification');

/** More than that under way at once are dropped: memory stays flat, whatever is slow. */
const MOST_PENDING = 10_000;

/**
 * Notifications of one service (`compute`, `network`). They are sent beside what they tell about: nobody waits for one,
 * and one that cannot be made or sent is a line in the log.
 */
export class Notices {
  readonly #notifier: Notifier | null;
  readonly #pending = new Set<Promise<void>>();
  /** The last payload that is being made, by subject: notifications of one subject leave in their order. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #full = false;

  /** @param notifier null: nothing is sent, and no payload is made */
  constructor(notifier: Notifier | null = null) {
    this.#notifier = notifier;
  }

  get enabled(): boolean {
    return this.#notifier !== null;
  }

  /**
   * In the name of the request that is being served. `payload` may read the database, and answers null when there is
   * nothing to tell after all. `subject`: the id of what it is about.
   */
  send(eventType: string, subject: string, payload: () => unknown, priority: NotificationPriority = 'info'): void {
    const notifier = this.#notifier;
    if (notifier === null) return;
    const context = currentContext() ?? createContext();
    if (this.#pending.size >= MOST_PENDING) {
      if (!this.#full) log.warning(`${MOST_PENDING} notifications wait for database or broker: more are dropped`);
      this.#full = true;
      return;
    }
    this.#full = false;
    const made = (this.#turns.get(subject) ?? Promise.resolve()).then(payload);
    // The next one waits for its turn, not for this one's success.
    const turn: Promise<unknown> = made
      .catch(() => undefined)
      .finally(() => {
        if (this.#turns.get(subject) === turn) this.#turns.delete(subject);
      });
    this.#turns.set(subject, turn);
    const sending: Promise<void> = made
      .then((value) => (value === null ? undefined : notifier.notify(context, priority, eventType, value)))
      .catch((error: unknown) => log.warning(`The notification ${eventType} could not be made: ${String(error)}`))
      .finally(() => this.#pending.delete(sending));
    this.#pending.add(sending);
  }

  /** Waits for what is under way, for so long at most. */
  async settle(deadlineMs: number): Promise<void> {
    if (this.#pending.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([Promise.all(this.#pending), late]);
    clearTimeout(timer);
  }
}
