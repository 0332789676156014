import { randomBytes } from 'node:crypto';
import type { Channel } from 'amqplib';
import type { MessagingObserver } from '../../transport/messaging-observer.js';
import { isOfOneProcess } from '../driver.js';
import type { QueueSpec } from '../driver.js';
import { textOf } from '../../wire/failure.js';
import type { QueueFlags } from './queue-flags.js';

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** The broker answered with that code and closed the channel. */
export function refusedWith(error: unknown, code: 404 | 406): boolean {
  return codeOf(error) === code;
}

/**
 * RabbitMQ's message for a classic queue on a cluster node that is down: its name cannot be used until the node
 * returns.
 */
const HOME_IS_AWAY = /home node .* is down or inaccessible/;

/**
 * Declares exchanges and queues, and remembers which of them others declared with different flags: those are used as
 * they are. A refusal closes the channel, so the caller tries again on a new one.
 */
export class Declarer {
  readonly #adopted = new Set<string>();

  constructor(
    readonly flags: QueueFlags,
    readonly observer: MessagingObserver,
  ) {}

  async exchange(channel: Channel, name: string, type: 'topic' | 'fanout'): Promise<void> {
    const key = `exchange ${name}`;
    await this.#declare(
      key,
      () => channel.assertExchange(name, type, this.flags.exchange(type)),
      () => channel.checkExchange(name),
    );
  }

  /**
   * Resolves with the queue's number of consumers. A queue of one process whose node is down gets another name for the
   * next attempt; the old queue expires.
   */
  async queue(channel: Pick<Channel, 'assertQueue' | 'checkQueue'>, spec: QueueSpec): Promise<number> {
    try {
      const found = await this.#declare(
        `queue ${spec.name}`,
        () => channel.assertQueue(spec.name, this.flags.queue(spec)),
        () => channel.checkQueue(spec.name),
      );
      return found.consumerCount;
    } catch (error) {
      if (refusedWith(error, 404) && isOfOneProcess(spec) && HOME_IS_AWAY.test(textOf(error))) {
        const id = randomBytes(16).toString('hex');
        spec.name = `${spec.name.replace(/[-_][0-9a-f]{32}$/, '')}_${id}`;
      }
      throw error;
    }
  }

  async #declare<T>(key: string, declare: () => Promise<T>, look: () => Promise<unknown>): Promise<T> {
    if (this.#adopted.has(key)) {
      try {
        return (await look()) as T;
      } catch (error) {
        // It is gone, as after a restart of the broker: next time it is declared with this library's flags.
        this.#adopted.delete(key);
        throw error;
      }
    }
    try {
      return await declare();
    } catch (error) {
      if (refusedWith(error, 406)) {
        this.#adopted.add(key);
        this.observer.warn?.(`${key} exists with other flags: it is used as it is`, { reason: String(error) });
      }
      throw error;
    }
  }
}
