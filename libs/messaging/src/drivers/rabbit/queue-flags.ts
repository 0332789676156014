import type { Options } from 'amqplib';
import type { MessagingSettings } from '../../transport/messaging-settings.js';
import type { RabbitSettings } from '../../transport/rabbit-settings.js';
import type { Declaration, QueueSpec } from '../driver.js';

const haArguments = { 'x-ha-policy': 'all' };

/** Which flags each exchange and queue is declared with. */
export class QueueFlags {
  constructor(
    readonly rabbit: RabbitSettings,
    readonly settings: Pick<MessagingSettings, 'queueNaming'>,
  ) {}

  exchange(type: 'topic' | 'fanout'): Options.AssertExchange {
    if (type === 'fanout') return { durable: false, autoDelete: true };
    return { durable: this.#durable, autoDelete: this.rabbit.amqpAutoDelete };
  }

  queue(spec: QueueSpec): Options.AssertQueue {
    if (spec.kind === 'parked') return { durable: true };
    if (spec.kind === 'topic' || spec.kind === 'notification') {
      // A queue of notifications has oslo's name, so it needs oslo's flags too.
      const ours = spec.kind === 'topic' && this.settings.queueNaming === 'exchange';
      const flags: Options.AssertQueue = { durable: ours || this.#durable };
      if (!ours && this.rabbit.amqpAutoDelete) flags.autoDelete = true;
      const args = { ...this.#quorumArguments(), ...(!ours && this.rabbit.rabbitHaQueues ? haArguments : {}) };
      return Object.keys(args).length === 0 ? flags : { ...flags, arguments: args };
    }
    const expires = this.rabbit.transientQueuesTtlMs;
    const flags: Options.AssertQueue = expires > 0 ? { durable: true, expires } : { durable: true };
    return this.rabbit.transientQuorumQueue ? { ...flags, arguments: { 'x-queue-type': 'quorum' } } : flags;
  }

  #quorumArguments(): Record<string, unknown> {
    const { rabbit } = this;
    if (!rabbit.rabbitQuorumQueue) return {};
    const limits = {
      'x-delivery-limit': rabbit.quorumDeliveryLimit,
      'x-max-in-memory-length': rabbit.quorumMaxMemoryLength,
      'x-max-in-memory-bytes': rabbit.quorumMaxMemoryBytes,
    };
    return { 'x-queue-type': 'quorum', ...Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit > 0)) };
  }

  /** For an operator: `topic durable=false`, `durable=true x-queue-type=quorum`. */
  describe(declaration: Declaration): string {
    if (declaration.kind === 'exchange') {
      const { durable, autoDelete } = this.exchange(declaration.type);
      return `${declaration.type} durable=${durable === true}${autoDelete === true ? ' auto-delete' : ''}`;
    }
    const { durable, arguments: args } = this.queue(declaration.spec);
    const given: readonly [string, unknown][] = Object.entries(args ?? {});
    return [`durable=${durable === true}`, ...given.map(([name, value]) => `${name}=${String(value)}`)].join(' ');
  }

  get #durable(): boolean {
    return this.rabbit.amqpDurableQueues || this.rabbit.rabbitQuorumQueue;
  }
}
