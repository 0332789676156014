import type { Inbound } from '../drivers/driver.js';
import type { TransportCore } from '../transport/transport-core.js';

const parkTimeoutMs = 10_000;
const againMs = 1_000;

/**
 * Parks a poison message: a confirmed publish to a parking queue, then an acknowledgement. When the publish fails the
 * message goes back to its queue, so that it is never lost.
 */
export class Parking {
  #declared: Promise<void> | null = null;
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    readonly core: TransportCore,
    readonly exchange: string,
    readonly topic: string,
  ) {}

  park(messages: readonly Inbound[], reason: string, attempts: number): Promise<void> {
    const parked = this.#park(messages, reason, attempts).finally(() => this.#underWay.delete(parked));
    this.#underWay.add(parked);
    return parked;
  }

  /** Resolves when nothing is being parked: a server that stopped earlier would leave the message in both queues. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #park(messages: readonly Inbound[], reason: string, attempts: number): Promise<void> {
    const [message] = messages;
    if (message === undefined) return;
    const { driver, topology, observer } = this.core;
    const queue = topology.parkedQueue(this.exchange, this.topic);
    const binding = message.queue.bindings[0];
    try {
      this.#declared ??= driver.declareQueue(queue);
      await this.#declared;
      const outcome = await driver.publish(
        {
          exchange: '',
          exchangeType: null,
          routingKey: queue.name,
          body: message.body,
          headers: {
            ...message.headers,
            'albireo-parked-reason': reason.slice(0, 1000),
            'albireo-parked-attempts': attempts,
            'albireo-parked-at': new Date().toISOString(),
            'albireo-parked-exchange': binding?.exchange ?? '',
            'albireo-parked-routing-key': binding?.routingKey ?? '',
          },
          messageId: '',
          mandatory: true,
          persistent: true,
        },
        parkTimeoutMs,
      );
      if (outcome === 'unroutable') throw new Error(`queue "${queue.name}" is gone`);
    } catch (error) {
      this.#declared = null;
      observer.warn?.('a message could not be parked and goes back to its queue', { reason: String(error) });
      setTimeout(() => {
        for (const each of messages) each.requeue();
      }, againMs).unref();
      return;
    }
    for (const each of messages) each.ack();
    observer.messageParked?.(this.topic, reason);
    observer.warn?.('parked a message', { queue: queue.name, reason, attempts });
  }
}
