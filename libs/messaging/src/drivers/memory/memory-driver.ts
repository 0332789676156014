import { MessagingError } from '../../errors.js';
import { isOfOneProcess, published } from '../driver.js';
import type {
  ConsumerGroup,
  ConsumerOptions,
  Declaration,
  DeclarationState,
  Driver,
  DriverState,
  Frame,
  Inbound,
  PublishOutcome,
  QueueSpec,
  ReturnedFrame,
} from '../driver.js';
import type { Hub } from './hub.js';
import type { MemoryConsumer, MemoryQueue, StoredMessage } from './memory-queue.js';

/** RabbitMQ's semantics without a broker: for `npm start`, and for tests. Messages live as long as the process. */
export class MemoryDriver implements Driver {
  readonly generation = 1;
  readonly isShared = false;
  onReturned: (frame: ReturnedFrame) => void = () => undefined;
  onStateChange: () => void = () => undefined;
  #stopped = false;
  readonly #groups = new Set<MemoryConsumerGroup>();

  constructor(readonly hub: Hub) {}

  get state(): DriverState {
    return { connected: !this.#stopped, blocked: false, everConnected: true, fault: null };
  }

  get ready(): boolean {
    return !this.#stopped;
  }

  start(): void {
    this.onStateChange();
  }

  async whenReady(): Promise<void> {
    if (this.#stopped) throw new MessagingError('TransportStopped', 'the transport has been stopped');
  }

  knowsExchange(): boolean {
    return true;
  }

  async declareExchange(): Promise<void> {
    // Every send declares the exchange: it is a lookup in a Map.
  }

  doubt(): void {
    // The broker is this process.
  }

  send(frame: Frame): boolean {
    if (this.#route(frame) === 'unroutable' && frame.mandatory) {
      setImmediate(() => this.onReturned(frame));
    }
    return true;
  }

  publish(frame: Frame, timeoutMs: number): Promise<'routed' | 'unroutable'> {
    return published(this, frame, timeoutMs);
  }

  post(frame: Frame, _timeoutMs: number, settle: (outcome: PublishOutcome) => void): void {
    const outcome = this.#stopped
      ? new MessagingError('TransportStopped', 'the transport has been stopped')
      : this.#route(frame);
    queueMicrotask(() => settle(outcome));
  }

  #route(frame: Frame): 'routed' | 'unroutable' {
    if (frame.exchangeType !== null) this.hub.declareExchange(frame.exchange, frame.exchangeType);
    const queues = this.hub.route(frame.exchange, frame.routingKey);
    const body = typeof frame.body === 'string' ? Buffer.from(frame.body) : frame.body;
    const expiresAt = frame.expirationMs === undefined ? Infinity : performance.now() + frame.expirationMs;
    for (const queue of queues) {
      queue.add({
        body,
        headers: frame.headers,
        expirationMs: frame.expirationMs ?? null,
        expiresAt,
        redelivered: false,
      });
    }
    return queues.length > 0 ? 'routed' : 'unroutable';
  }

  async declareQueue(spec: QueueSpec): Promise<void> {
    declare(this.hub, spec);
  }

  consume(options: ConsumerOptions, onMessage: (message: Inbound) => void): ConsumerGroup {
    const group = new MemoryConsumerGroup(this.hub, options, onMessage, () => this.#groups.delete(group));
    this.#groups.add(group);
    return group;
  }

  async inspectQueue(name: string): Promise<{ consumers: number; messages: number } | null> {
    const queue = this.hub.queue(name);
    return queue === undefined ? null : { consumers: queue.consumerCount, messages: queue.messageCount };
  }

  async examine(declaration: Declaration): Promise<DeclarationState> {
    const found = declaration.kind === 'exchange' || this.hub.queue(declaration.spec.name) !== undefined;
    return { state: found ? 'present' : 'missing', flags: 'in memory', reason: null };
  }

  async bindExisting(): Promise<boolean> {
    // Bindings live as long as their queues here.
    return false;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#groups].map((group) => group.close()));
    this.onStateChange();
  }
}

function declare(hub: Hub, spec: QueueSpec): MemoryQueue {
  const queue = hub.declareQueue(spec.name);
  for (const binding of spec.bindings) {
    hub.declareExchange(binding.exchange, binding.type);
    hub.bind(queue, binding.exchange, binding.routingKey);
  }
  return queue;
}

interface Subscription {
  readonly spec: QueueSpec;
  readonly queue: MemoryQueue;
  readonly consumer: MemoryConsumer;
}

class MemoryConsumerGroup implements ConsumerGroup {
  readonly started: Promise<void>;
  consuming = false;
  readonly fault = null;
  #closed = false;
  readonly #subscriptions: Subscription[] = [];

  constructor(
    readonly hub: Hub,
    readonly options: ConsumerOptions,
    onMessage: (message: Inbound) => void,
    readonly onClosed: () => void,
  ) {
    this.started = Promise.resolve().then(() => this.#start(onMessage));
    this.started.catch(() => undefined);
  }

  async #start(onMessage: (message: Inbound) => void): Promise<void> {
    const queues = this.options.queues.map((spec) => ({ spec, queue: declare(this.hub, spec) }));
    await this.options.beforeFirstConsume?.(new Map(queues.map(({ spec, queue }) => [spec.name, queue.consumerCount])));
    if (this.#closed) return;
    for (const { spec, queue } of queues) {
      const consumer: MemoryConsumer = {
        prefetch: this.options.prefetch,
        unsettled: new Set(),
        deliver: (message) => this.#deliver(onMessage, { spec, queue, consumer }, message),
      };
      this.#subscriptions.push({ spec, queue, consumer });
      queue.subscribe(consumer);
    }
    this.consuming = true;
    this.options.onChange?.(true);
  }

  #deliver(onMessage: (message: Inbound) => void, subscription: Subscription, message: StoredMessage): void {
    const { queue, consumer, spec } = subscription;
    const settle = (how: 'ack' | 'requeue'): void => queue.settle(consumer, message, how);
    onMessage({
      queue: spec,
      body: message.body,
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      headers: message.headers,
      expirationMs: message.expirationMs,
      redelivered: message.redelivered,
      ack: () => settle('ack'),
      requeue: () => settle('requeue'),
    });
    if (this.options.acknowledge !== 'each') settle('ack');
  }

  restart(): void {
    // Nothing outside the process can delete a declaration.
  }

  async cancel(): Promise<void> {
    if (!this.consuming) return;
    this.consuming = false;
    for (const { queue, consumer } of this.#subscriptions) queue.unsubscribe(consumer);
    this.options.onChange?.(false);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.cancel();
    for (const { spec, queue, consumer } of this.#subscriptions) {
      for (const message of [...consumer.unsettled].toReversed()) queue.settle(consumer, message, 'requeue');
      if (isOfOneProcess(spec)) this.hub.deleteQueue(spec.name);
    }
    this.onClosed();
  }
}
