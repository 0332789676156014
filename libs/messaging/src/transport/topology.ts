import { randomBytes } from 'node:crypto';
import type { MessagingSettings } from './messaging-settings.js';
import type { QueueSpec } from '../drivers/driver.js';

/** Every name that this library gives to an exchange or a queue (docs/messaging.md has the table). */
export class Topology {
  constructor(readonly settings: Pick<MessagingSettings, 'queueNaming'>) {}

  routingKey(topic: string, server?: string): string {
    return server === undefined ? topic : `${topic}.${server}`;
  }

  /** The queue in which a server's messages wait. */
  queueName(exchange: string, routingKey: string): string {
    return this.settings.queueNaming === 'oslo' ? routingKey : `${exchange}.${routingKey}`;
  }

  /** oslo's name, shared by all control exchanges of a virtual host. */
  fanoutExchange(topic: string): string {
    return `${topic}_fanout`;
  }

  parkedQueue(exchange: string, topic: string): QueueSpec {
    return { name: `${exchange}.${topic}.parked`, kind: 'parked', bindings: [] };
  }

  replyQueue(exchange: string): QueueSpec {
    return { name: `${exchange}.reply_${randomBytes(16).toString('hex')}`, kind: 'reply', bindings: [] };
  }

  /** Always oslo's names: a listener may be a Python program, and sender and listener both declare them. */
  notificationQueue(exchange: string, topic: string, priority: string): QueueSpec {
    const name = `${topic}.${priority}`;
    return { name, kind: 'notification', bindings: [{ exchange, type: 'topic', routingKey: name }] };
  }

  notificationPool(
    pool: string,
    keys: readonly { readonly exchange: string; readonly topic: string; readonly priority: string }[],
  ): QueueSpec {
    const bindings = keys.map(({ exchange, topic, priority }) => ({
      exchange,
      type: 'topic' as const,
      routingKey: `${topic}.${priority}`,
    }));
    return { name: pool, kind: 'notification', bindings };
  }

  /** The three queues of one server, in oslo's order. `ofProcess`: the server's name belongs to one process only. */
  serverQueues(exchange: string, topic: string, server: string, ofProcess = false): readonly QueueSpec[] {
    const direct = (routingKey: string, kind: 'topic' | 'process' = 'topic'): QueueSpec => ({
      name: this.queueName(exchange, routingKey),
      kind,
      bindings: [{ exchange, type: 'topic', routingKey }],
    });
    const fanout = this.fanoutExchange(topic);
    const id = randomBytes(16).toString('hex');
    return [
      direct(topic),
      direct(`${topic}.${server}`, ofProcess ? 'process' : 'topic'),
      {
        name: this.queueName(exchange, `${fanout}_${id}`),
        kind: 'fanout',
        bindings: [{ exchange: fanout, type: 'fanout', routingKey: topic }],
      },
    ];
  }
}
