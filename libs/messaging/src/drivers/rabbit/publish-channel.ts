import type { Channel, ConfirmChannel, Options } from 'amqplib';
import type { Frame } from '../driver.js';
import type { FrameWriter } from './frame-writer.js';

/** How long a channel that is no longer used stays open for the broker's returns of unroutable messages. */
export const lastWordsMs = 2_000;

type Confirmed = (error: unknown) => void;

/** The field of amqplib 2.3.1's confirm channel that its own `publish` uses after it has written. */
interface Confirming {
  pushConfirmCallback(callback: Confirmed): void;
}

function confirms(channel: object): channel is Confirming {
  return typeof Reflect.get(channel, 'pushConfirmCallback') === 'function';
}

/** Publishes on one channel: with this library's frame writer where possible, otherwise with amqplib. */
export class PublishChannel {
  readonly #number: number;
  readonly #writer: FrameWriter | null;
  readonly #confirming: Confirming | null;
  #full = false;

  constructor(
    readonly channel: Channel,
    readonly confirmed: ConfirmChannel | null,
    writer: FrameWriter | null,
  ) {
    const number: unknown = Reflect.get(channel, 'ch');
    this.#confirming = confirmed !== null && confirms(confirmed) ? confirmed : null;
    const usable = typeof number === 'number' && (confirmed === null || this.#confirming !== null);
    this.#number = typeof number === 'number' ? number : 0;
    this.#writer = usable ? writer : null;
  }

  /** The socket accepts no more data now. */
  get full(): boolean {
    return this.#writer === null ? this.#full : this.#writer.full;
  }

  onDrain(listener: () => void): void {
    if (this.#writer !== null) this.#writer.onDrain = listener;
    this.channel.on('drain', () => {
      this.#full = false;
      listener();
    });
  }

  /** Closes it once the broker has returned those of its messages that found no queue. */
  retire(): void {
    setTimeout(() => {
      const closed = async (): Promise<void> => this.channel.close();
      // Its connection may be closed by then.
      closed().catch(() => undefined);
    }, lastWordsMs).unref();
  }

  publish(frame: Frame, messageId: string, onConfirm?: Confirmed): void {
    if (this.#writer !== null) {
      this.#writer.publish(this.#number, frame, messageId);
      if (onConfirm !== undefined) this.#confirming?.pushConfirmCallback(onConfirm);
      return;
    }
    const body = typeof frame.body === 'string' ? Buffer.from(frame.body) : frame.body;
    const options = propertiesOf(frame, messageId);
    const { exchange, routingKey } = frame;
    if (this.confirmed !== null) this.confirmed.publish(exchange, routingKey, body, options, onConfirm);
    else if (!this.channel.publish(exchange, routingKey, body, options)) this.#full = true;
  }
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
