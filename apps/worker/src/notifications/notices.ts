import type { Notifier, NotificationPriority } from '#libs/messaging';
import { createContext, currentContext, getLogger } from '#libs/telemetry';

const log = getLogger('albireo.notification');

/** When this many are in progress, further ones are dropped, so that memory stays limited if a receiver is slow. */
const MOST_PENDING = 10_000;

export type NoticeWatch = (eventType: string, subject: string) => void;

/**
 * Notifications of one service (`compute`, `network`). They are sent beside the operation, which does not wait for
 * them; a failure to build or send one is logged.
 */
export class Notices {
  readonly #notifier: Notifier | null;
  readonly #pending = new Set<Promise<void>>();
  /** The last payload being built, by subject: notifications of one subject are sent in order. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #full = false;

  readonly #watch: NoticeWatch | undefined;

  /**
   * @param notifier null: nothing is sent, and no payload is built
   * @param watch called for each notification, without its payload, whether it is sent or not
   */
  constructor(notifier: Notifier | null = null, watch?: NoticeWatch) {
    this.#notifier = notifier;
    this.#watch = watch;
  }

  get enabled(): boolean {
    return this.#notifier !== null || this.#watch !== undefined;
  }

  /**
   * Sends a notification in the context of the current request. `payload` may read the database; it returns null if
   * there is nothing to send after all. `subject`: the id of the object.
   */
  send(eventType: string, subject: string, payload: () => unknown, priority: NotificationPriority = 'info'): void {
    this.#watch?.(eventType, subject);
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
    // The next one waits until this one has ended, whether it succeeded or not.
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

  /** Waits for notifications in progress, at most for the given time. */
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
