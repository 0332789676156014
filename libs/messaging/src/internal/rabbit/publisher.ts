import type { Channel, ChannelModel, ConfirmChannel, Message, Options } from 'amqplib';
import { MessagingError } from '../../errors.js';
import type { MessagingObserver } from '../../messaging-observer.js';
import type { Frame, ReturnedFrame } from '../driver.js';
import { Fifo } from '../fifo.js';
import { textOf } from '../failure.js';

interface Outgoing {
  readonly id: string;
  readonly frame: Frame;
  readonly timer: NodeJS.Timeout;
  attempts: number;
  done: boolean;
  returned: boolean;
  resolve(outcome: 'routed' | 'unroutable'): void;
  reject(error: Error): void;
}

export interface PublisherHooks {
  readonly observer: MessagingObserver;
  readonly confirmWindow: number;
  readonly knowsExchange: (frame: Frame) => boolean;
  readonly declareExchange: (frame: Frame) => Promise<void>;
  readonly onReturned: (frame: ReturnedFrame) => void;
  /** A channel was closed although the connection lives; `reopen` makes new ones. */
  readonly onChannelLost: () => void;
  readonly onDrain: () => void;
}

const maxAttempts = 5;
const nackPauseMs = 200;

/**
 * Publishes on two channels of one connection: calls unconfirmed, everything else confirmed with a window. What was
 * not confirmed when a channel is lost is sent again on the next one.
 */
export class Publisher {
  #plain: Channel | null = null;
  #confirmed: ConfirmChannel | null = null;
  #full = false;
  #sequence = 0;
  /** Given out, not settled, by id. */
  readonly #inFlight = new Map<string, Outgoing>();
  readonly #waiting = new Fifo<Outgoing>();
  /** Given up while they waited; they leave the line when they are met, or when they are many. */
  #abandoned = 0;
  #stopped = false;

  constructor(readonly hooks: PublisherHooks) {}

  get open(): boolean {
    return this.#plain !== null && this.#confirmed !== null;
  }

  /** The socket takes no more just now. */
  get full(): boolean {
    return this.#full;
  }

  async reopen(model: ChannelModel): Promise<void> {
    const plain = await model.createChannel();
    const confirmed = await model.createConfirmChannel();
    this.#full = false;
    for (const channel of [plain, confirmed]) {
      channel.on('error', (error: Error) => {
        this.hooks.observer.warn?.('the broker closed a channel for publishing', { reason: textOf(error) });
      });
      channel.on('return', (message) => this.#returned(message));
      channel.on('close', () => {
        if (this.#plain !== plain) return;
        this.lost();
        this.hooks.onChannelLost();
      });
    }
    plain.on('drain', () => {
      this.#full = false;
      this.hooks.onDrain();
    });
    this.#plain = plain;
    this.#confirmed = confirmed;
  }

  /** Forgets the channels; what was in flight waits for the next ones. */
  lost(): void {
    this.#plain = null;
    this.#confirmed = null;
    const again = [...this.#inFlight.values()];
    this.#inFlight.clear();
    this.#waiting.putBack(again);
  }

  send(frame: Frame): boolean {
    if (this.#plain === null) return false;
    const ok = this.#plain.publish(
      frame.exchange,
      frame.routingKey,
      bodyOf(frame),
      propertiesOf(frame, frame.messageId),
    );
    if (!ok) this.#full = true;
    return ok;
  }

  publish(frame: Frame, timeoutMs: number): Promise<'routed' | 'unroutable'> {
    if (this.#stopped) return Promise.reject(new MessagingError('TransportStopped', 'the transport has been stopped'));
    return new Promise((resolve, reject) => {
      this.#sequence += 1;
      const id = `c${this.#sequence}`;
      const timer = setTimeout(() => this.#expire(item), timeoutMs);
      const item: Outgoing = { id, frame, timer, attempts: 0, done: false, returned: false, resolve, reject };
      this.#waiting.push(item);
      this.flush();
    });
  }

  /** Sends what waits, as far as the window allows. */
  flush(): void {
    while (this.#confirmed !== null && this.#waiting.length > 0 && this.#inFlight.size < this.hooks.confirmWindow) {
      const item = this.#waiting.shift();
      if (item === undefined) return;
      if (item.done) {
        this.#abandoned -= 1;
        continue;
      }
      this.#inFlight.set(item.id, item);
      const { frame } = item;
      if (frame.exchangeType === null || this.hooks.knowsExchange(frame)) this.#transmit(item);
      else void this.#declareAndTransmit(item);
    }
  }

  async #declareAndTransmit(item: Outgoing): Promise<void> {
    try {
      await this.hooks.declareExchange(item.frame);
    } catch (error) {
      return this.#failed(item, error);
    }
    if (this.#inFlight.get(item.id) === item) this.#transmit(item);
  }

  #transmit(item: Outgoing): void {
    const channel = this.#confirmed;
    if (channel === null) return;
    const { frame } = item;
    item.returned = false;
    channel.publish(frame.exchange, frame.routingKey, bodyOf(frame), propertiesOf(frame, item.id), (error: unknown) => {
      if (error !== null && error !== undefined) {
        // A lost channel has already put it back in line.
        if (this.#confirmed === channel) this.#failed(item, error);
        return;
      }
      if (!this.#settle(item)) return;
      item.resolve(item.returned ? 'unroutable' : 'routed');
      this.flush();
    });
  }

  #failed(item: Outgoing, error: unknown): void {
    if (this.#inFlight.get(item.id) !== item) return;
    item.attempts += 1;
    if (item.attempts >= maxAttempts) {
      this.#settle(item);
      const text = `the broker did not take the message: ${textOf(error)}`;
      item.reject(new MessagingError('BrokerUnavailable', text, { cause: error }));
      return;
    }
    setTimeout(() => {
      if (this.#inFlight.get(item.id) !== item) return;
      this.#inFlight.delete(item.id);
      this.#waiting.putBack([item]);
      this.flush();
    }, nackPauseMs);
  }

  #settle(item: Outgoing): boolean {
    clearTimeout(item.timer);
    item.done = true;
    return this.#inFlight.delete(item.id);
  }

  #expire(item: Outgoing): void {
    if (item.done) return;
    item.done = true;
    const sent = this.#inFlight.delete(item.id);
    if (!sent) {
      this.#abandoned += 1;
      if (this.#abandoned > 1024 && this.#abandoned * 2 > this.#waiting.length) {
        this.#waiting.filter((each) => !each.done);
        this.#abandoned = 0;
      }
    }
    const text = sent ? 'the broker did not confirm the message in time' : 'the broker could not be reached in time';
    item.reject(new MessagingError('BrokerUnavailable', text));
    this.flush();
  }

  #returned(message: Message): void {
    const id: unknown = message.properties.messageId;
    if (typeof id !== 'string') return;
    const item = this.#inFlight.get(id);
    if (item !== undefined) {
      item.returned = true;
      return;
    }
    const { exchange, routingKey } = message.fields;
    this.hooks.onReturned({ exchange, routingKey, messageId: id, headers: message.properties.headers ?? {} });
  }

  stop(): void {
    this.#stopped = true;
    for (const item of [...this.#inFlight.values(), ...this.#waiting.take()]) {
      clearTimeout(item.timer);
      item.done = true;
      item.reject(new MessagingError('TransportStopped', 'the transport was stopped before the broker confirmed'));
    }
    this.#inFlight.clear();
    this.#plain = null;
    this.#confirmed = null;
  }
}

function bodyOf(frame: Frame): Buffer {
  return typeof frame.body === 'string' ? Buffer.from(frame.body) : frame.body;
}

/** oslo.messaging's properties; a Python peer refuses a message without content type. */
function propertiesOf(frame: Frame, messageId: string): Options.Publish {
  const properties: Options.Publish = {
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    deliveryMode: frame.persistent ? 2 : 1,
    priority: 0,
    mandatory: frame.mandatory,
    messageId,
    headers: frame.headers,
  };
  if (frame.expirationMs !== undefined) properties.expiration = String(frame.expirationMs);
  return properties;
}
