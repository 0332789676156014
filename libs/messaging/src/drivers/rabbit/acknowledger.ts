import type { Channel, ConsumeMessage } from 'amqplib';
import type { FrameWriter } from './frame-writer.js';

/**
 * Acknowledges on one channel at the end of each turn: all up to a tag by one frame where nothing before it is still
 * worked on, the others one by one. A frame for each costs the broker nearly as much as the message did.
 */
export class Acknowledger {
  readonly #number: number | null;
  /** Tag of the oldest delivery that is not settled; a channel counts them from 1. */
  #oldest = 1;
  /** Settled while an older one is not. */
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

  /** Whether all deliveries up to this tag are settled, or cannot be any more. */
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
    // By the writer that acknowledges: amqplib's frames leave after its frames, and would come too late.
    if (this.writer === null || this.#number === null) this.#attempt(() => this.channel.nack(message, false, true));
    else this.writer.requeue(this.#number, deliveryTag);
  }

  /** To be called before the channel is closed: a frame after that would cost the whole connection. */
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

  /** On a channel that is closing amqplib throws; the broker gives the message out again. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.close();
      this.onError(error);
    }
  }
}
