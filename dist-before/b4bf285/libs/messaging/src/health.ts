export interface ConsumerHealth {
  /** What is consumed: a queue's name, or a server's. */
  readonly name: string;
  /** False while the broker does not deliver to it. */
  readonly consuming: boolean;
}

export interface MessagingHealth {
  readonly connected: boolean;
  /** The broker refuses publishes (memory or disk alarm). */
  readonly blocked: boolean;
  /** True once a connection has been there. */
  readonly everConnected: boolean;
  readonly consumers: readonly ConsumerHealth[];
}
