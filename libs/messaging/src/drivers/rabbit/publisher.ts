import type { ChannelModel, Message } from 'amqplib';
import { MessagingError } from '../../errors.js';
import type { MessagingObserver } from '../../transport/messaging-observer.js';
import type { Frame, PublishOutcome, ReturnedFrame } from '../driver.js';
import { reachStep, reachStepWhenWritten } from '../durable-step.js';
import type { MessageStep } from '../durable-step.js';
import { Fifo } from '../fifo.js';
import { textOf } from '../../wire/failure.js';
import type { Expiring, TimerWheel } from '../../timing/timer-wheel.js';
import type { FrameWriter } from './frame-writer.js';
import { PublishChannel } from './publish-channel.js';

interface Outgoing extends Expiring {
  readonly id: string;
  readonly frame: Frame;
  attempts: number;
  done: boolean;
  returned: boolean;
  readonly settle: (outcome: PublishOutcome) => void;
}

export interface PublisherHooks {
  readonly observer: MessagingObserver;
  readonly wheel: TimerWheel;
  readonly confirmWindow: number;
  readonly knowsExchange: (frame: Frame) => boolean;
  readonly declareExchange: (frame: Frame) => Promise<void>;
  readonly onReturned: (frame: ReturnedFrame) => void;
  /** A channel was closed although the connection is open; `reopen` makes new ones. */
  readonly onChannelLost: () => void;
  readonly onDrain: () => void;
  /** Confirms are outstanding, and the broker has sent none for seconds. */
  readonly onUnconfirmed: () => void;
}

const maxAttempts = 5;
const nackPauseMs = 200;
const lookMs = 5;
/** A busy broker keeps sending confirms; a channel that waits for a leader that is gone gets none at all. */
const owedMs = 5_000;

/**
 * Publishes on two channels of one connection: calls unconfirmed, everything else confirmed with a window. Messages
 * that were unconfirmed when a channel was lost are sent again on the next one.
 */
export class Publisher {
  #plain: PublishChannel | null = null;
  #confirmed: PublishChannel | null = null;
  #sequence = 0;
  /** Sent, not settled, by id. */
  readonly #inFlight = new Map<string, Outgoing>();
  readonly #waiting = new Fifo<Outgoing>();
  /** Number of abandoned messages in the queue; they are removed when they are reached, or when there are many. */
  #abandoned = 0;
  #stopped = false;
  #held = false;
  /** performance.now() since when confirms have been outstanding without any arriving; messages given up count too. */
  #owedSince: number | null = null;
  #owedTimer: NodeJS.Timeout | null = null;

  constructor(
    readonly hooks: PublisherHooks,
    readonly patienceMs = owedMs,
  ) {}

  get open(): boolean {
    return this.#plain !== null && this.#confirmed !== null;
  }

  /** The socket accepts no more data now. */
  get full(): boolean {
    return this.#plain?.full ?? false;
  }

  /**
   * Stops sending confirmed messages and waits until all are confirmed; false when that took too long, and sending
   * resumes.
   */
  async hold(limitMs: number): Promise<boolean> {
    this.#held = true;
    const until = performance.now() + limitMs;
    while (this.#held && this.#inFlight.size > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    const isIdle = this.#held && this.#inFlight.size === 0;
    if (!isIdle) this.goOn();
    return isIdle;
  }

  goOn(): void {
    this.#held = false;
    this.flush();
  }

  async reopen(model: ChannelModel, writer: FrameWriter | null): Promise<void> {
    const plain = await model.createChannel();
    const confirmed = await model.createConfirmChannel();
    const before = [this.#plain, this.#confirmed];
    if (this.#confirmed !== null) this.lost();
    this.#plain = this.#watched(new PublishChannel(plain, null, writer));
    this.#confirmed = this.#watched(new PublishChannel(confirmed, confirmed, writer));
    this.#plain.onDrain(() => this.hooks.onDrain());
    this.#held = false;
    for (const channel of before) channel?.retire();
  }

  /**
   * Opens another channel for calls: the old one may wait for a queue whose leader has changed, while its connection is
   * open.
   */
  async renewPlain(model: ChannelModel, writer: FrameWriter | null): Promise<void> {
    const before = this.#plain;
    const channel = await model.createChannel();
    if (before === null || this.#plain !== before) return void channel.close().catch(() => undefined);
    this.#plain = this.#watched(new PublishChannel(channel, null, writer));
    this.#plain.onDrain(() => this.hooks.onDrain());
    before.retire();
  }

  #watched(publishing: PublishChannel): PublishChannel {
    const { channel } = publishing;
    channel.on('error', (error: Error) => {
      this.hooks.observer.warn?.('the broker closed a channel for publishing', { reason: textOf(error) });
    });
    channel.on('return', (message) => this.#returned(message));
    channel.on('close', () => {
      if (this.#plain !== publishing && this.#confirmed !== publishing) return;
      this.lost();
      this.hooks.onChannelLost();
    });
    return publishing;
  }

  #owe(): void {
    this.#owedSince ??= performance.now();
    this.#owedTimer ??= setInterval(() => {
      if (this.#owedSince === null || this.#stopped) {
        if (this.#owedTimer !== null) clearInterval(this.#owedTimer);
        this.#owedTimer = null;
      } else if (performance.now() - this.#owedSince > this.patienceMs) {
        this.#owedSince = performance.now();
        this.hooks.onUnconfirmed();
      }
    }, this.patienceMs / 5).unref();
  }

  /** Forgets the channels; messages in flight wait for the next ones. */
  lost(): void {
    this.#plain = null;
    this.#confirmed = null;
    this.#held = false;
    this.#owedSince = null;
    const again = [...this.#inFlight.values()];
    this.#inFlight.clear();
    this.#waiting.putBack(again);
  }

  send(frame: Frame): boolean {
    if (this.#plain === null) return false;
    this.#plain.publish(frame, frame.messageId);
    return !this.#plain.full;
  }

  /** Confirmed; `settle` is called once, within the time. */
  post(frame: Frame, timeoutMs: number, settle: (outcome: PublishOutcome) => void): void {
    if (this.#stopped) return settle(new MessagingError('TransportStopped', 'the transport has been stopped'));
    this.#sequence += 1;
    const item: Outgoing = {
      id: `c${this.#sequence}`,
      frame,
      attempts: 0,
      done: false,
      returned: false,
      settle,
      slot: 0,
      expire: () => this.#expire(item),
    };
    this.hooks.wheel.add(item, timeoutMs);
    this.#waiting.push(item);
    this.flush();
  }

  /** Sends waiting messages, as far as the window allows. */
  flush(): void {
    while (!this.#held && this.#hasRoom && this.#waiting.length > 0) {
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

  get #hasRoom(): boolean {
    return this.#confirmed !== null && this.#inFlight.size < this.hooks.confirmWindow;
  }

  async #declareAndTransmit(item: Outgoing): Promise<void> {
    try {
      await this.hooks.declareExchange(item.frame);
    } catch (error) {
      return this.#failed(item, error);
    }
    if (this.#inFlight.get(item.id) === item) this.#transmit(item);
  }

  /** Replies go directly to their queues; their step is reported where their method is known. */
  #reach(step: MessageStep, frame: Frame): void {
    if (frame.exchange !== '') reachStep(step, frame.routingKey);
  }

  #transmit(item: Outgoing): void {
    const channel = this.#confirmed;
    if (channel === null) return;
    const { frame } = item;
    item.returned = false;
    try {
      this.#reach('publish.before', frame);
      this.#owe();
      channel.publish(frame, item.id, (error) => {
        // A lost channel has already put the message back in line, and its late frames may lack a return.
        if (this.#confirmed !== channel) return;
        this.#owedSince = this.#inFlight.size > 1 ? performance.now() : null;
        if (error !== null && error !== undefined) return this.#failed(item, error);
        this.#reach('confirm.before', frame);
        if (!this.#end(item)) return;
        item.settle(item.returned ? 'unroutable' : 'routed');
        this.#reach('confirm.after', frame);
        if (this.#waiting.length > 0) this.flush();
      });
      if (frame.exchange !== '') reachStepWhenWritten('publish.after', frame.routingKey);
    } catch (error) {
      this.#failed(item, error);
    }
  }

  #failed(item: Outgoing, error: unknown): void {
    if (this.#inFlight.get(item.id) !== item) return;
    item.attempts += 1;
    if (item.attempts >= maxAttempts) {
      this.#end(item);
      const text = `the broker did not take the message: ${textOf(error)}`;
      item.settle(new MessagingError('BrokerUnavailable', text, { cause: error }));
      return;
    }
    setTimeout(() => {
      if (this.#inFlight.get(item.id) !== item) return;
      this.#inFlight.delete(item.id);
      this.#waiting.putBack([item]);
      this.flush();
    }, nackPauseMs);
  }

  #end(item: Outgoing): boolean {
    if (!this.#inFlight.delete(item.id)) return false;
    this.hooks.wheel.remove(item);
    item.done = true;
    return true;
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
    item.settle(new MessagingError('BrokerUnavailable', text));
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
      this.hooks.wheel.remove(item);
      item.done = true;
      item.settle(new MessagingError('TransportStopped', 'the transport was stopped before the broker confirmed'));
    }
    this.#inFlight.clear();
    this.#plain = null;
    this.#confirmed = null;
  }
}
