import type { ConsumeMessage } from 'amqplib';
import type { Inbound, QueueSpec } from '../driver.js';
import type { Acknowledger } from './acknowledger.js';

/** A message of amqplib as the drivers' `Inbound`. */
export class DeliveredMessage implements Inbound {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly expirationMs: number | null;
  readonly redelivered: boolean;
  #settled = false;
  readonly #message: ConsumeMessage;
  readonly #acknowledger: Acknowledger;

  constructor(
    readonly queue: QueueSpec,
    message: ConsumeMessage,
    acknowledger: Acknowledger,
  ) {
    const { contentType, contentEncoding, headers, expiration } = message.properties;
    this.body = message.content;
    this.contentType = text(contentType);
    this.contentEncoding = text(contentEncoding);
    this.headers = headers ?? {};
    this.expirationMs = typeof expiration === 'string' && /^\d+$/.test(expiration) ? Number(expiration) : null;
    this.redelivered = message.fields.redelivered;
    this.#message = message;
    this.#acknowledger = acknowledger;
  }

  ack(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#acknowledger.ack(this.#message);
  }

  requeue(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#acknowledger.requeue(this.#message);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
