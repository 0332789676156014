import type { Channel, ConsumeMessage } from 'amqplib';
import type { FrameWriter } from './frame-writer.js';

/**
 * Acknowledges on one channel at the end of each turn: one frame for all deliveries up to a tag if no earlier one is
 * still in progress, the others one by one. A separate frame for each costs the broker nearly as much as the message
 * did.
 */
export class Acknowledger {
  readonly #number: number | null;
  /** Tag of the oldest unsettled delivery; a channel counts tags from 1. */
  #oldest = 1;
  /** Settled while an older delivery is not. */
  readonly #settled = new Set<number>();
  #turn: ConsumeMessage[] = [];
  #closed = false;

  constructor(
    readonly channel: Channel,
    readonly writer: FrameWriter | null,
    readonly onError: (error: unknown) => void,
  ) {
    const number: unknown = Reflect.get(channel, 'ch');
    this.#number = typeof number === 'number' ? number : null;
    channel.on('close', () => this.close());
  }

  /** Whether all deliveries up to this tag are settled, or can no longer be settled. */
  hasSettled(tag: number): boolean {
    return this.#closed || this.#oldest > tag;
  }

  ack(message: ConsumeMessage): void {
    if (this.#closed) return;
    if (this.#turn.push(message) === 1) queueMicrotask(() => this.#endTurn());
  }

  requeue(message: ConsumeMessage): void {
    if (this.#closed) return;
    const { deliveryTag } = message.fields;
    this.#settled.add(deliveryTag);
    // Uses the writer that acknowledges: amqplib's frames leave after its frames, and would be too late.
    if (this.writer === null || this.#number === null) this.#attempt(() => this.channel.nack(message, false, true));
    else this.writer.requeue(this.#number, deliveryTag);
  }

  /** Must be called before the channel is closed: a later frame would close the whole connection. */
  close(): void {
    this.#closed = true;
    this.#turn = [];
    this.#settled.clear();
  }

  #endTurn(): void {
    const turn = this.#turn;
    this.#turn = [];
    for (const { fields } of turn) this.#settled.add(fields.deliveryTag);
    while (this.#settled.delete(this.#oldest)) this.#oldest += 1;
    let last: ConsumeMessage | null = null;
    for (const message of turn) {
      if (message.fields.deliveryTag >= this.#oldest) this.#write(message, false);
      else if (last === null || message.fields.deliveryTag > last.fields.deliveryTag) last = message;
    }
    if (last !== null) this.#write(last, true);
  }

  #write(message: ConsumeMessage, multiple: boolean): void {
    const { writer } = this;
    const number = this.#number;
    if (writer === null || number === null) this.#attempt(() => this.channel.ack(message, multiple));
    else writer.ack(number, message.fields.deliveryTag, multiple);
  }

  /** On a closing channel amqplib throws; the broker delivers the message again. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.close();
      this.onError(error);
    }
  }
}
