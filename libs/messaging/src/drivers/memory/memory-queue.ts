export interface StoredMessage {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly expirationMs: number | null;
  /** performance.now() at which it expires; Infinity for never. */
  readonly expiresAt: number;
  redelivered: boolean;
}

export interface MemoryConsumer {
  readonly prefetch: number;
  readonly unsettled: Set<StoredMessage>;
  deliver(message: StoredMessage): void;
}

/** A queue with competing consumers, prefetch and redelivery. Deliveries happen in a later turn, as over a socket. */
export class MemoryQueue {
  readonly #messages: StoredMessage[] = [];
  readonly #consumers: MemoryConsumer[] = [];
  #next = 0;
  #scheduled = false;

  constructor(readonly name: string) {}

  get consumerCount(): number {
    return this.#consumers.length;
  }

  get messageCount(): number {
    return this.#messages.length;
  }

  add(message: StoredMessage): void {
    this.#messages.push(message);
    this.#schedule();
  }

  subscribe(consumer: MemoryConsumer): void {
    this.#consumers.push(consumer);
    this.#schedule();
  }

  unsubscribe(consumer: MemoryConsumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index >= 0) this.#consumers.splice(index, 1);
  }

  settle(consumer: MemoryConsumer, message: StoredMessage, how: 'ack' | 'requeue'): void {
    if (!consumer.unsettled.delete(message)) return;
    if (how === 'requeue') {
      message.redelivered = true;
      this.#messages.unshift(message);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#messages.length === 0 || this.#consumers.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#messages.length > 0) {
      const consumer = this.#freeConsumer();
      if (consumer === undefined) return;
      const message = this.#messages.shift();
      if (message === undefined) return;
      if (message.expiresAt <= performance.now()) continue;
      consumer.unsettled.add(message);
      consumer.deliver(message);
    }
  }

  #freeConsumer(): MemoryConsumer | undefined {
    for (let tried = 0; tried < this.#consumers.length; tried += 1) {
      const consumer = this.#consumers[this.#next % this.#consumers.length];
      this.#next += 1;
      if (consumer !== undefined && (consumer.prefetch === 0 || consumer.unsettled.size < consumer.prefetch)) {
        return consumer;
      }
    }
    return undefined;
  }
}
