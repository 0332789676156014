import type { MessagingObserver } from '../../transport/messaging-observer.js';
import { textOf } from '../../wire/failure.js';
import { within } from '../../timing/within.js';
import type { AdminChannel } from './admin-channel.js';
import { refusedWith } from './declarer.js';
import type { RabbitConsumerGroup } from './rabbit-consumer-group.js';

const everyMs = 4_000;
const restoreMs = 3_000;

/**
 * Makes sure that messages reach the consumed queues: a consumer is not notified when someone deletes an exchange or a
 * binding. Every few seconds all bindings are made again; this changes nothing where they exist.
 */
export class RouteKeeper {
  #timer: NodeJS.Timeout | null = null;
  #running = false;

  constructor(
    readonly groups: ReadonlySet<RabbitConsumerGroup>,
    readonly admin: AdminChannel,
    readonly observer: MessagingObserver,
  ) {}

  start(): void {
    // So that a fleet that was started together does not check at the same time.
    const next = (): void => {
      this.#timer = setTimeout(() => void this.#look().finally(next), everyMs * (0.75 + Math.random() / 2)).unref();
    };
    next();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (const group of this.groups) {
        if (group.consuming && group.isBound) await this.#restore(group);
      }
    } finally {
      this.#running = false;
    }
  }

  async #restore(group: RabbitConsumerGroup): Promise<void> {
    try {
      const gone = await within(restoreMs, this.admin.restore(group.options.queues));
      if (gone.length > 0) {
        const names = gone.map((name) => `"${name}"`).join(', ');
        this.observer.warn?.(`exchange ${names} was gone: declared and bound again`, { queue: group.name });
      }
      group.setFault(null);
    } catch (error) {
      // The consumer of a deleted queue is cancelled, and a lost connection is reported elsewhere.
      if (!refusedWith(error, 404) && group.consuming) group.setFault(textOf(error));
    }
  }
}
