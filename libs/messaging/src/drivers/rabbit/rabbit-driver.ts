import { MessagingError } from '../../errors.js';
import type { MessagingObserver } from '../../transport/messaging-observer.js';
import type { MessagingSettings } from '../../transport/messaging-settings.js';
import { published } from '../driver.js';
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
import { TimerWheel } from '../../timing/timer-wheel.js';
import { AdminChannel } from './admin-channel.js';
import { Declarer } from './declarer.js';
import { ManagedConnection } from './managed-connection.js';
import type { ConnectionPlan } from './managed-connection.js';
import { Publisher } from './publisher.js';
import { QueueFlags } from './queue-flags.js';
import { RabbitConsumerGroup } from './rabbit-consumer-group.js';
import { RouteKeeper } from './route-keeper.js';

/** How long in-flight publishes may take to be confirmed before a move is postponed. */
const holdMs = 2_000;
/** Minimum time between replacements of an unanswered channel for calls: most of the time the servers are just busy. */
const renewEveryMs = 10_000;

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/** RabbitMQ through amqplib: one connection that publishes, one that consumes; both reconnect by themselves. */
export class RabbitDriver implements Driver {
  onReturned: (frame: ReturnedFrame) => void = () => undefined;
  onStateChange: () => void = () => undefined;
  readonly isShared = true;
  #generation = 0;
  #blocked = false;
  #everConnected = false;
  #stopped = false;
  #renewedAt = -Infinity;
  readonly #exchanges = new Set<string>();
  readonly #groups = new Set<RabbitConsumerGroup>();
  readonly #waiters = new Set<Waiter>();
  readonly #publishing: ManagedConnection;
  readonly #consuming: ManagedConnection;
  readonly #publisher: Publisher;
  readonly #declarer: Declarer;
  /**
   * For passive declares. It is separate from the channel for changes, which may need a cluster node that does not
   * respond.
   */
  readonly #looks: AdminChannel;
  readonly #admin: AdminChannel;
  readonly #keeper: RouteKeeper;
  readonly #observer: MessagingObserver;
  readonly #prefetch: number;

  constructor(plan: ConnectionPlan, settings: MessagingSettings) {
    this.#observer = plan.observer;
    this.#prefetch = plan.rabbit.rabbitQosPrefetchCount;
    this.#declarer = new Declarer(new QueueFlags(plan.rabbit, settings), plan.observer);
    this.#publisher = new Publisher({
      observer: plan.observer,
      wheel: new TimerWheel(),
      confirmWindow: settings.confirmWindow,
      knowsExchange: (frame) => this.knowsExchange(frame),
      declareExchange: (frame) => this.declareExchange(frame),
      onReturned: (frame) => this.onReturned(frame),
      onChannelLost: () => void this.#reopenPublisher(),
      onDrain: () => this.#wake(),
      onUnconfirmed: () => void this.#publishing.doubt().then(() => this.#reopenPublisher()),
    });
    this.#publishing = new ManagedConnection(plan, 'publish', {
      onOpen: (model) => this.#opened(() => this.#publisher.reopen(model, this.#publishing.writer)),
      onLost: () => {
        this.#publisher.lost();
        this.onStateChange();
      },
      onBlocked: (blocked) => this.#setBlocked(blocked),
      mayMove: () => this.#publisher.hold(holdMs),
      onMoved: (model) => this.#opened(() => this.#publisher.reopen(model, this.#publishing.writer)),
    });
    this.#consuming = new ManagedConnection(plan, 'consume', {
      onOpen: () =>
        this.#opened(async () => {
          for (const group of this.#groups) group.connectionOpened();
        }),
      onLost: () => {
        for (const group of this.#groups) group.connectionLost();
        this.onStateChange();
      },
      onMoved: async () => {
        await Promise.all([
          this.#looks.leave(),
          this.#admin.leave(),
          ...[...this.#groups].map((group) => group.move()),
        ]);
      },
    });
    this.#looks = new AdminChannel(this.#consuming, this.#declarer);
    this.#admin = new AdminChannel(this.#consuming, this.#declarer);
    this.#keeper = new RouteKeeper(this.#groups, this.#admin, plan.observer);
  }

  get state(): DriverState {
    const fault = this.#publishing.fault ?? this.#consuming.fault;
    return { connected: this.#connected, blocked: this.#blocked, everConnected: this.#everConnected, fault };
  }

  get generation(): number {
    return this.#generation;
  }

  get ready(): boolean {
    return this.#connected && !this.#blocked && !this.#publisher.full;
  }

  get #connected(): boolean {
    return this.#publisher.open && this.#consuming.model !== null;
  }

  start(): void {
    this.#publishing.start();
    this.#consuming.start();
    this.#keeper.start();
  }

  async #opened(setUp: () => Promise<void>): Promise<void> {
    await setUp();
    if (this.#connected) this.#everConnected = true;
    // A restarted broker has lost everything that was not durable.
    this.#exchanges.clear();
    this.#generation += 1;
    this.#wake();
    this.onStateChange();
  }

  async #reopenPublisher(): Promise<void> {
    const { model } = this.#publishing;
    if (model === null || this.#stopped || this.#blocked) return;
    try {
      await this.#opened(() => this.#publisher.reopen(model, this.#publishing.writer));
    } catch (error) {
      // The connection is closing too: its own recovery follows.
      this.#observer.info?.('channels for publishing could not be opened again', { reason: String(error) });
    }
  }

  #setBlocked(blocked: boolean): void {
    if (this.#blocked === blocked) return;
    this.#blocked = blocked;
    if (blocked) this.#observer.warn?.('the broker takes no messages (memory or disk alarm)');
    else this.#observer.info?.('the broker takes messages again');
    this.#wake();
    this.onStateChange();
  }

  #wake(): void {
    if (!this.ready) return;
    this.#publisher.flush();
    for (const waiter of this.#waiters) waiter.resolve();
  }

  async whenReady(timeoutMs: number): Promise<void> {
    if (this.#stopped) throw new MessagingError('TransportStopped', 'the transport has been stopped');
    if (this.ready) return;
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        resolve: () => {
          end();
          resolve();
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      const timer = setTimeout(() => waiter.reject(this.#unavailable(timeoutMs)), timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  #unavailable(waitedMs: number): MessagingError {
    const { fault } = this.state;
    const away = fault === null ? 'cannot be reached' : `cannot be reached (${fault})`;
    const why = this.#blocked ? 'takes no messages (memory or disk alarm)' : away;
    return new MessagingError('BrokerUnavailable', `the message broker ${why}; waited ${Math.round(waitedMs)} ms`);
  }

  knowsExchange(frame: Pick<Frame, 'exchange' | 'exchangeType'>): boolean {
    return frame.exchangeType === null || this.#exchanges.has(frame.exchange);
  }

  async declareExchange(frame: Pick<Frame, 'exchange' | 'exchangeType'>): Promise<void> {
    if (frame.exchangeType === null) return;
    const { generation } = this;
    await this.#admin.declareExchange(frame.exchange, frame.exchangeType);
    // A fanout exchange deletes itself with its last queue, so it is declared before each publish.
    if (frame.exchangeType === 'topic' && generation === this.generation) this.#exchanges.add(frame.exchange);
  }

  doubt(): void {
    void this.#consuming.doubt();
    void this.#publishing.doubt().then(() => this.#renewCalls());
  }

  async #renewCalls(): Promise<void> {
    const { model, writer } = this.#publishing;
    if (model === null || this.#blocked || performance.now() - this.#renewedAt < renewEveryMs) return;
    this.#renewedAt = performance.now();
    try {
      await this.#publisher.renewPlain(model, writer);
    } catch (error) {
      this.#observer.info?.('a channel for calls could not be opened', { reason: String(error) });
    }
  }

  send(frame: Frame): boolean {
    return this.#publisher.send(frame);
  }

  publish(frame: Frame, timeoutMs: number): Promise<'routed' | 'unroutable'> {
    return published(this, frame, timeoutMs);
  }

  post(frame: Frame, timeoutMs: number, settle: (outcome: PublishOutcome) => void): void {
    this.#publisher.post(frame, timeoutMs, settle);
  }

  declareQueue(spec: QueueSpec): Promise<void> {
    return this.#admin.declareQueue(spec);
  }

  consume(options: ConsumerOptions, onMessage: (message: Inbound) => void): ConsumerGroup {
    const prefetch = options.prefetch > 0 && this.#prefetch > 0 ? this.#prefetch : options.prefetch;
    const group = new RabbitConsumerGroup(
      this.#consuming,
      this.#declarer,
      this.#observer,
      { ...options, prefetch },
      onMessage,
      () => this.#groups.delete(group),
    );
    this.#groups.add(group);
    return group;
  }

  bindExisting(queue: string, exchange: string, routingKey: string): Promise<boolean> {
    return this.#admin.bindExisting(queue, exchange, routingKey);
  }

  examine(declaration: Declaration): Promise<DeclarationState> {
    return this.#admin.examine(declaration);
  }

  inspectQueue(name: string): Promise<{ consumers: number; messages: number } | null> {
    return this.#looks.inspect(name);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#keeper.stop();
    for (const waiter of this.#waiters) {
      waiter.reject(new MessagingError('TransportStopped', 'the transport was stopped'));
    }
    await Promise.all([...this.#groups].map((group) => group.close()));
    this.#publisher.stop();
    await Promise.all([this.#publishing.stop(), this.#consuming.stop()]);
    this.onStateChange();
  }
}
