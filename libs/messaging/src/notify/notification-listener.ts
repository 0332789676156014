import { NotificationReader } from './notification-reader.js';
import type { ConsumerGroup } from '../drivers/driver.js';
import { coreOf } from '../transport/transport-core.js';
import type { TransportCore } from '../transport/transport-core.js';
import type { Transport } from '../transport/transport.js';
import { notificationPriorities } from './notification.js';
import type { NotificationListenerOptions } from './notification-endpoint.js';

/**
 * Receives notifications from Albireo and from Python services; each is acknowledged after its endpoints have returned.
 */
export class NotificationListener {
  readonly #core: TransportCore;
  readonly #reader: NotificationReader;
  #group: ConsumerGroup | null = null;
  #stopReporting: (() => void) | null = null;
  #stopped: Promise<void> | null = null;

  /** Throws TypeError when no endpoint wants any priority. */
  constructor(
    transport: Transport,
    readonly options: NotificationListenerOptions,
  ) {
    this.#core = coreOf(transport);
    this.#reader = new NotificationReader(this.#core, options);
  }

  /** Resolves when the broker delivers for the first time; a broker that is down is waited for. */
  start(): Promise<void> {
    if (this.#group === null) {
      const { targets, endpoints, pool, prefetch = 64 } = this.options;
      const wanted = notificationPriorities.filter((priority) =>
        endpoints.some((each) => each[priority] !== undefined),
      );
      if (wanted.length === 0 || targets.length === 0) {
        throw new TypeError('a notification listener needs a target, and an endpoint for at least one priority');
      }
      const { topology, settings, driver } = this.#core;
      const keys = targets.flatMap(({ topic, exchange = settings.controlExchange }) =>
        wanted.map((priority) => ({ exchange, topic, priority })),
      );
      const queues =
        pool === undefined
          ? keys.map((key) => topology.notificationQueue(key.exchange, key.topic, key.priority))
          : [topology.notificationPool(pool, keys)];
      const onChange = (): void => this.#core.changed();
      const group = driver.consume({ queues, prefetch, acknowledge: 'each', onChange }, (message) =>
        this.#reader.receive(message),
      );
      this.#group = group;
      const name = queues.map((queue) => queue.name).join(',');
      this.#stopReporting = this.#core.reportConsumer(() => ({ name, consuming: group.consuming }));
    }
    return this.#group.started;
  }

  /**
   * Takes no more, and lets running endpoints finish within the time; unfinished notifications go back to their queue.
   */
  stop(deadlineMs = 30_000): Promise<void> {
    this.#stopped ??= this.#stop(deadlineMs);
    return this.#stopped;
  }

  async #stop(deadlineMs: number): Promise<void> {
    const group = this.#group;
    if (group === null) return;
    await group.cancel();
    await this.#reader.stop(deadlineMs);
    await group.close();
    this.#stopReporting?.();
    this.#core.changed();
  }
}
