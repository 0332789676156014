import { MessagingError } from '../errors.js';
import type { ConsumerHealth, MessagingHealth, MessagingReport, RpcInFlight } from './health.js';
import type { MessagingObserver } from './messaging-observer.js';
import type { MessagingSettings } from './messaging-settings.js';
import type { OutgoingMessage } from '../client/outgoing-message.js';
import type { Transport } from './transport.js';
import type { CallingBus } from './bus.js';
import { CallSender } from '../client/call-sender.js';
import type { Driver, Frame } from '../drivers/driver.js';
import { textOf } from '../wire/failure.js';
import { IdSource } from './ids.js';
import { PublishGate } from './publish-gate.js';
import { ServerVersions } from '../client/server-versions.js';
import { Topology } from './topology.js';
import { WaitingCasts } from '../server/waiting-casts.js';
import { within } from '../timing/within.js';

export const publishTimeoutMs = 30_000;

/** The implementation of `Transport`, with what clients and servers of this library share. */
export class TransportCore implements Transport, CallingBus {
  readonly ids = new IdSource();
  readonly topology: Topology;
  readonly calls: CallSender;
  readonly versions: ServerVersions;
  readonly gate: PublishGate;
  readonly #waiting: WaitingCasts;
  readonly #consumers = new Set<() => ConsumerHealth>();
  readonly #requests = new Set<() => readonly RpcInFlight[]>();
  readonly #listeners = new Set<(health: MessagingHealth) => void>();
  #stopped: Promise<void> | null = null;

  constructor(
    readonly driver: Driver,
    readonly settings: MessagingSettings,
    readonly observer: MessagingObserver,
  ) {
    this.topology = new Topology(settings);
    this.calls = new CallSender(this);
    this.versions = new ServerVersions(this);
    this.gate = new PublishGate(settings.confirmWindow * 2);
    this.#waiting = new WaitingCasts(driver, observer);
    driver.onStateChange = () => {
      this.calls.connectionChanged();
      this.changed();
    };
    driver.onReturned = (frame) => this.calls.returned(frame);
    driver.start();
  }

  async publish(message: OutgoingMessage, options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const { fanout, exchange, routingKey, uniqueId, body, headers } = message;
    this.checkSize(body, `the cast to ${exchange}/${routingKey}`);
    const frame: Frame = {
      exchange,
      exchangeType: fanout ? 'fanout' : 'topic',
      routingKey,
      body,
      headers,
      messageId: uniqueId,
      mandatory: !fanout,
      persistent: true,
    };
    const timeoutMs = options.timeoutMs ?? publishTimeoutMs;
    const until = performance.now() + timeoutMs;
    let outcome = await this.driver.publish(frame, timeoutMs);
    if (outcome === 'unroutable' && !fanout) outcome = await this.#bindAndPublish(frame, until);
    if (outcome === 'unroutable' && !fanout) {
      this.observer.unroutable?.(exchange, routingKey);
      throw new MessagingError(
        'MessageUndeliverable',
        `no queue is bound to exchange "${exchange}" with key "${routingKey}": no server of that topic has ever started`,
      );
    }
    if (!fanout) this.#waiting.sent(this.topology.queueName(exchange, routingKey));
    this.observer.castPublished?.(routingKey);
  }

  /** A queue may have lost its binding to an exchange that is not durable. */
  async #bindAndPublish(frame: Frame, until: number): Promise<'routed' | 'unroutable'> {
    const { exchange, routingKey } = frame;
    const queue = this.topology.queueName(exchange, routingKey);
    const left = (): number => until - performance.now();
    try {
      if (!(await within(left(), this.driver.bindExisting(queue, exchange, routingKey)))) return 'unroutable';
    } catch (cause) {
      if (cause instanceof MessagingError) throw cause;
      const text = `the message could not be routed: ${textOf(cause)}`;
      throw new MessagingError('BrokerUnavailable', text, { cause });
    }
    return this.driver.publish(frame, left());
  }

  checkSize(body: string, what: string): void {
    const limit = this.settings.maxMessageBytes;
    if (body.length * 3 <= limit) return;
    const bytes = Buffer.byteLength(body);
    if (bytes > limit) {
      throw new MessagingError('MessageTooLarge', `${what} has ${bytes} bytes: the limit is ${limit}`);
    }
  }

  health(): MessagingHealth {
    return {
      ...this.driver.state,
      consumers: [...this.#consumers].map((read) => read()),
      unserved: this.calls.unserved,
    };
  }

  report(): MessagingReport {
    const requests = [...this.#requests].flatMap((read) => read());
    return { broker: this.health(), calls: this.calls.inFlight(), requests };
  }

  /** Adds the requests of a server to `report()`. */
  reportRequests(read: () => readonly RpcInFlight[]): () => void {
    this.#requests.add(read);
    return () => this.#requests.delete(read);
  }

  onHealthChange(listener: (health: MessagingHealth) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  refreshVersions(): void {
    this.versions.forget();
  }

  /** Adds a line to `health().consumers`. */
  reportConsumer(read: () => ConsumerHealth): () => void {
    this.#consumers.add(read);
    return () => this.#consumers.delete(read);
  }

  changed(): void {
    this.observer.healthChanged?.();
    if (this.#listeners.size === 0) return;
    const health = this.health();
    for (const listener of this.#listeners) listener(health);
  }

  get stopped(): boolean {
    return this.#stopped !== null;
  }

  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#waiting.stop();
      await this.calls.stop();
      await this.driver.stop();
    })();
    return this.#stopped;
  }
}

/** Accepts only transports made by `createTransport`. */
export function coreOf(transport: Transport): TransportCore {
  if (!(transport instanceof TransportCore)) throw new TypeError('expected a transport made by createTransport()');
  return transport;
}
