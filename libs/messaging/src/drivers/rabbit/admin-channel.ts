import type { Channel } from 'amqplib';
import type { Declaration, DeclarationState, QueueSpec } from '../driver.js';
import { textOf } from '../../wire/failure.js';
import { refusedWith } from './declarer.js';
import type { Declarer } from './declarer.js';
import { tellingWhenLate } from '../../timing/within.js';
import { lateMs } from './managed-connection.js';
import type { ManagedConnection } from './managed-connection.js';

/**
 * Declarations and passive declares on a separate channel: a refusal closes the channel, which must not affect message
 * channels. For the same reason they run one at a time.
 */
export class AdminChannel {
  #channel: Channel | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly connection: Pick<ManagedConnection, 'model' | 'doubt'>,
    readonly declarer: Declarer,
  ) {}

  /** The next request uses the connection that is current then. */
  leave(): Promise<void> {
    return this.#inTurn(async () => {
      this.#channel = null;
    });
  }

  inspect(name: string): Promise<{ consumers: number; messages: number } | null> {
    return this.#inTurn(async () => {
      try {
        const found = await (await this.#open()).checkQueue(name);
        return { consumers: found.consumerCount, messages: found.messageCount };
      } catch (error) {
        if (refusedWith(error, 404)) return null;
        throw error;
      }
    });
  }

  /**
   * A passive declare comes first: only existing queues and exchanges are declared, which changes nothing and reports
   * different flags.
   */
  examine(declaration: Declaration): Promise<DeclarationState> {
    return this.#inTurn(async () => {
      const flags = this.declarer.flags.describe(declaration);
      try {
        const channel = await this.#open();
        if (declaration.kind === 'queue') await channel.checkQueue(declaration.spec.name);
        else await channel.checkExchange(declaration.name);
      } catch (error) {
        if (refusedWith(error, 404)) return { state: 'missing', flags, reason: null };
        throw error;
      }
      try {
        const channel = await this.#open();
        if (declaration.kind === 'queue') {
          await channel.assertQueue(declaration.spec.name, this.declarer.flags.queue(declaration.spec));
        } else {
          await channel.assertExchange(
            declaration.name,
            declaration.type,
            this.declarer.flags.exchange(declaration.type),
          );
        }
      } catch (error) {
        if (refusedWith(error, 406)) return { state: 'conflict', flags, reason: textOf(error) };
        throw error;
      }
      return { state: 'present', flags, reason: null };
    });
  }

  bindExisting(queue: string, exchange: string, routingKey: string): Promise<boolean> {
    return this.#inTurn(async () => {
      try {
        await (await this.#open()).checkQueue(queue);
      } catch (error) {
        if (refusedWith(error, 404)) return false;
        throw error;
      }
      await this.#twice(async (channel) => {
        await this.declarer.exchange(channel, exchange, 'topic');
        await channel.bindQueue(queue, exchange, routingKey);
      });
      return true;
    });
  }

  /**
   * Binds existing queues again, and declares their exchanges if they are gone. Returns the names of those exchanges; a
   * restored binding cannot be distinguished from one that existed.
   */
  restore(queues: readonly QueueSpec[]): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const gone: string[] = [];
      const exchanges = new Map(queues.flatMap(({ bindings }) => bindings.map((each) => [each.exchange, each.type])));
      for (const [name, type] of exchanges) {
        try {
          await (await this.#open()).checkExchange(name);
        } catch (error) {
          if (!refusedWith(error, 404)) throw error;
          gone.push(name);
          await this.#twice((channel) => this.declarer.exchange(channel, name, type));
        }
      }
      for (const { name, bindings } of queues) {
        for (const { exchange, routingKey } of bindings) {
          await (await this.#open()).bindQueue(name, exchange, routingKey);
        }
      }
      return gone;
    });
  }

  declareExchange(name: string, type: 'topic' | 'fanout'): Promise<void> {
    return this.#inTurn(() => this.#twice(async (channel) => this.declarer.exchange(channel, name, type)));
  }

  declareQueue(spec: QueueSpec): Promise<void> {
    return this.#inTurn(() =>
      this.#twice(async (channel) => {
        for (const { exchange, type } of spec.bindings) await this.declarer.exchange(channel, exchange, type);
        await this.declarer.queue(channel, spec);
        for (const { exchange, routingKey } of spec.bindings) await channel.bindQueue(spec.name, exchange, routingKey);
      }),
    );
  }

  /** The second attempt adopts different flags, the third declares an adopted queue or exchange that has vanished. */
  async #twice(work: (channel: Channel) => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(await this.#open());
      } catch (error) {
        if (attempt === 3 || !(refusedWith(error, 406) || refusedWith(error, 404))) throw error;
      }
    }
  }

  async #open(): Promise<Channel> {
    if (this.#channel !== null) return this.#channel;
    const { model } = this.connection;
    if (model === null) throw new Error('no connection to the broker');
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    channel.on('close', () => {
      if (this.#channel === channel) this.#channel = null;
    });
    this.#channel = channel;
    return channel;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const watched = (): Promise<T> => tellingWhenLate(lateMs, () => void this.connection.doubt(), work());
    const result = this.#last.then(watched, watched);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
