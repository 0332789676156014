import type { Channel, ConsumeMessage } from 'amqplib';
import { MessagingError } from '../../errors.js';
import type { MessagingObserver } from '../../transport/messaging-observer.js';
import { isOfOneProcess } from '../driver.js';
import type { ConsumerGroup, ConsumerOptions, Inbound, QueueSpec } from '../driver.js';
import { textOf } from '../../wire/failure.js';
import { Acknowledger } from './acknowledger.js';
import type { Declarer } from './declarer.js';
import type { FrameWriter } from './frame-writer.js';
import { DeliveredMessage } from './delivered-message.js';
import { tellingWhenLate } from '../../timing/within.js';
import { lateMs } from './managed-connection.js';
import type { ManagedConnection } from './managed-connection.js';

const retryMinMs = 50;
const retryMaxMs = 5_000;
const closeTimeoutMs = 2_000;
/** After longer work the broker delivers the message again, as after a lost connection. */
const drainMs = 60_000;
const drainLookMs = 50;

/**
 * Consumes the queues of one server on a separate channel. When anything stops it (connection lost, channel closed,
 * queue deleted, consumer cancelled), it logs this once and consumes again.
 */
export class RabbitConsumerGroup implements ConsumerGroup {
  readonly started: Promise<void>;
  #channel: Channel | null = null;
  #tags: string[] = [];
  #consuming = false;
  #fault: string | null = null;
  #ended = false;
  #closed = false;
  #setting = false;
  #timer: NodeJS.Timeout | null = null;
  #attempt = 0;
  #lastReason: string | null = null;
  #beganOnce = false;
  #acknowledger: Acknowledger | null = null;
  readonly #lastTags = new WeakMap<Acknowledger, number>();
  #resolveStarted: () => void = () => undefined;
  #rejectStarted: (error: unknown) => void = () => undefined;

  constructor(
    readonly connection: Pick<ManagedConnection, 'model' | 'writer' | 'doubt'>,
    readonly declarer: Declarer,
    readonly observer: MessagingObserver,
    readonly options: ConsumerOptions,
    readonly onMessage: (message: Inbound) => void,
    readonly onClosed: () => void,
  ) {
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    this.started.catch(() => undefined);
    this.connectionOpened();
  }

  get consuming(): boolean {
    return this.#consuming;
  }

  get name(): string {
    return this.options.queues[0]?.name ?? '';
  }

  /** An exchange other than the default one leads to its queues. */
  get isBound(): boolean {
    return this.options.queues.some(({ bindings }) => bindings.length > 0);
  }

  get fault(): string | null {
    return this.#fault;
  }

  /** Why messages do not reach the queues; reported once. */
  setFault(fault: string | null): void {
    if (fault === this.#fault) return;
    this.#fault = fault;
    if (fault === null) this.observer.info?.(`bound again: ${this.name}`);
    else this.observer.warn?.(`the bindings of ${this.name} cannot be made: trying again`, { reason: fault });
    this.options.onChange?.(this.#consuming);
  }

  /** Consumes again, on another channel. */
  restart(reason: string): void {
    const channel = this.#channel;
    if (channel === null || this.#ended) return;
    this.#told(new Error(reason));
    this.#acknowledger?.close();
    void closeQuietly(channel);
  }

  connectionOpened(): void {
    this.#attempt = 0;
    void this.#setUp();
  }

  /** Starts to consume on the current connection, then stops on the previous one, whose messages are finished. */
  async move(): Promise<void> {
    const channel = this.#channel;
    const acknowledger = this.#acknowledger;
    if (channel === null || acknowledger === null || this.#setting || this.#ended) return;
    const tags = this.#tags;
    const lastTagOf = (): number => this.#lastTags.get(acknowledger) ?? 0;
    this.#channel = null;
    await this.#setUp();
    await within(Promise.all(tags.map((tag) => channel.cancel(tag))));
    const until = performance.now() + drainMs;
    while (!acknowledger.hasSettled(lastTagOf()) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, drainLookMs));
    }
    // The acknowledgements of the last turn are written by now.
    acknowledger.close();
    await closeQuietly(channel);
  }

  connectionLost(): void {
    this.#acknowledger?.close();
    this.#channel = null;
    this.#tags = [];
    this.#setConsuming(false);
  }

  async #setUp(): Promise<void> {
    // Both must be of one connection: it may be replaced meanwhile, and frames for a channel unknown to a connection
    // end it.
    const { model, writer } = this.connection;
    if (model === null || this.#ended || this.#setting || this.#channel !== null) return;
    this.#setting = true;
    let channel: Channel | null = null;
    try {
      const late = (): void => void this.connection.doubt();
      channel = await tellingWhenLate(lateMs, late, model.createChannel());
      const mine = channel;
      this.#channel = channel;
      channel.on('error', (error: Error) => this.#told(error));
      channel.on('close', () => this.#channelLost(mine));
      await tellingWhenLate(lateMs, late, this.#consume(channel, writer));
      if (this.#channel !== channel) throw new Error('the channel was closed');
      this.#attempt = 0;
      if (this.#lastReason !== null) this.observer.info?.(`consuming again from ${this.name}`);
      this.#lastReason = null;
      this.#setConsuming(true);
      this.#resolveStarted();
    } catch (error) {
      if (error instanceof MessagingError) {
        this.#ended = true;
        this.#rejectStarted(error);
      } else this.#told(error);
      if (this.#channel === channel) {
        this.#acknowledger?.close();
        this.#channel = null;
      }
      if (channel !== null) await closeQuietly(channel);
      this.#again();
    } finally {
      this.#setting = false;
    }
  }

  async #consume(channel: Channel, writer: FrameWriter | null): Promise<void> {
    const { queues, prefetch, acknowledge, beforeFirstConsume } = this.options;
    if (prefetch > 0) await channel.prefetch(prefetch);
    const counts = new Map<string, number>();
    for (const spec of queues) {
      for (const { exchange, type } of spec.bindings) await this.declarer.exchange(channel, exchange, type);
      counts.set(spec.name, await this.declarer.queue(channel, spec));
    }
    // Bound only when it may serve: a queue that stays bound without a server would collect messages meant for others.
    const isFirst = !this.#beganOnce;
    if (isFirst) {
      await beforeFirstConsume?.(counts);
      await this.#bind(channel);
      this.#beganOnce = true;
    }
    const acknowledger = new Acknowledger(channel, writer, (error) => this.#told(error));
    this.#acknowledger = acknowledger;
    const tags: string[] = [];
    for (const spec of queues) {
      const deliver = (message: ConsumeMessage | null): void => this.#deliver(acknowledger, spec, message);
      const { consumerTag } = await channel.consume(spec.name, deliver, { noAck: acknowledge === 'none' });
      tags.push(consumerTag);
    }
    this.#tags = tags;
    // A cluster with a hung node accepts no binding, while its queues may still deliver.
    if (!isFirst) this.#bind(channel).catch(() => undefined);
  }

  async #bind(channel: Channel): Promise<void> {
    for (const { name, bindings } of this.options.queues) {
      for (const { exchange, routingKey } of bindings) await channel.bindQueue(name, exchange, routingKey);
    }
  }

  #deliver(acknowledger: Acknowledger, spec: QueueSpec, message: ConsumeMessage | null): void {
    if (message === null) {
      // The broker cancelled the consumer: its queue was deleted. Without this the server would run but receive
      // nothing.
      this.#told(new Error(`the broker cancelled the consumer of ${spec.name}`));
      acknowledger.close();
      void closeQuietly(acknowledger.channel);
      return;
    }
    const { acknowledge } = this.options;
    if (acknowledge !== 'none') this.#lastTags.set(acknowledger, message.fields.deliveryTag);
    const inbound = new DeliveredMessage(spec, message, acknowledger);
    try {
      this.onMessage(inbound);
    } catch (error) {
      this.observer.error?.(`receiving from ${spec.name} failed`, error);
      if (acknowledge === 'each') inbound.ack();
    }
    if (acknowledge === 'turn') inbound.ack();
  }

  #channelLost(channel: Channel): void {
    if (this.#channel !== channel) return;
    this.#channel = null;
    this.#tags = [];
    this.#setConsuming(false);
    if (!this.#setting) this.#again();
  }

  #again(): void {
    if (this.#ended || this.connection.model === null) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const waitMs = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(this.#attempt, 10));
    this.#attempt += 1;
    this.#timer = setTimeout(() => void this.#setUp(), waitMs);
  }

  #told(error: unknown): void {
    const reason = textOf(error);
    if (reason === this.#lastReason || this.#ended) return;
    this.#lastReason = reason;
    this.observer.warn?.(`consuming from ${this.name} was interrupted: trying again`, { reason });
  }

  #setConsuming(consuming: boolean): void {
    if (this.#consuming === consuming) return;
    this.#consuming = consuming;
    this.options.onChange?.(consuming);
  }

  async cancel(): Promise<void> {
    this.#ended = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const channel = this.#channel;
    const tags = this.#tags;
    this.#tags = [];
    if (channel !== null) await within(Promise.all(tags.map((tag) => channel.cancel(tag))));
    this.#setConsuming(false);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.cancel();
    this.#acknowledger?.close();
    const channel = this.#channel;
    this.#channel = null;
    if (channel !== null) {
      for (const queue of this.options.queues) {
        if (isOfOneProcess(queue)) await within(channel.deleteQueue(queue.name));
      }
      await closeQuietly(channel);
    }
    this.#rejectStarted(new MessagingError('TransportStopped', 'the consumer was closed before it began'));
    this.onClosed();
  }
}

/** Waits for the broker's response, with a limit; a lost connection also ends the wait. */
async function within(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeTimeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } catch {
    // The channel is gone, and the request with it.
  } finally {
    clearTimeout(timer);
  }
}

async function closeQuietly(channel: Channel): Promise<void> {
  try {
    await within(channel.close());
  } catch {
    // It was already closed.
  }
}
