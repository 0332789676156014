import type { MessagingError } from '../errors.js';

/** One message to be sent; the drivers use the terms of AMQP. */
export interface Frame {
  readonly exchange: string;
  /** Declared before the first publish on a connection; null for the default exchange. */
  readonly exchangeType: 'topic' | 'fanout' | null;
  readonly routingKey: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Returned by the broker together with an unroutable message. */
  readonly messageId: string;
  readonly expirationMs?: number;
  readonly mandatory: boolean;
  /** Survives a restart of the broker in a durable queue. */
  readonly persistent: boolean;
}

export interface ReturnedFrame {
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The result of a confirmed publish; the error is BrokerUnavailable or TransportStopped. */
export type PublishOutcome = 'routed' | 'unroutable' | MessagingError;

/** `driver.post` as a promise. */
export function published(
  driver: Pick<Driver, 'post'>,
  frame: Frame,
  timeoutMs: number,
): Promise<'routed' | 'unroutable'> {
  return new Promise((resolve, reject) => {
    driver.post(frame, timeoutMs, (outcome) => {
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    });
  });
}

/** 'process': the queue of a server whose name belongs to one process only. */
export type QueueKind = 'topic' | 'process' | 'fanout' | 'reply' | 'parked' | 'notification';

/**
 * Whether a queue belongs to one process only: it expires without that process, and is deleted when the process ends.
 */
export function isOfOneProcess({ kind }: Pick<QueueSpec, 'kind'>): boolean {
  return kind === 'process' || kind === 'fanout' || kind === 'reply';
}

export interface QueueSpec {
  /** Changes when a queue of one process cannot be declared again because its node of a cluster is down. */
  name: string;
  readonly kind: QueueKind;
  readonly bindings: readonly {
    readonly exchange: string;
    readonly type: 'topic' | 'fanout';
    readonly routingKey: string;
  }[];
}

export interface ConsumerOptions {
  readonly queues: readonly QueueSpec[];
  /** Maximum unacknowledged messages of each queue; 0 = no limit. */
  readonly prefetch: number;
  /**
   * 'each': the receiver settles each message. 'turn': the driver acknowledges all messages of one turn together.
   * 'none': the broker forgets a message when it sends it, which saves a quarter of its work; messages in flight on a
   * lost connection are lost.
   */
  readonly acknowledge: 'each' | 'turn' | 'none';
  /**
   * Awaited before the first consume of this group only, with the number of consumers of each queue; its MessagingError
   * fails `started`.
   */
  readonly beforeFirstConsume?: (counts: ReadonlyMap<string, number>) => Promise<void>;
  /** True: the group consumes again after it had stopped; false: it stopped. */
  readonly onChange?: (consuming: boolean) => void;
}

export interface Inbound {
  readonly queue: QueueSpec;
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The sender's time to live in ms. */
  readonly expirationMs: number | null;
  readonly redelivered: boolean;
  /** Settling twice, or after the connection was lost, has no effect. */
  ack(): void;
  requeue(): void;
}

export interface ConsumerGroup {
  /** Resolves when the broker delivers for the first time; rejects when it never can. */
  readonly started: Promise<void>;
  readonly consuming: boolean;
  /** Why messages do not reach the queues, although they are consumed. */
  readonly fault: string | null;
  /** Consumes again: unsettled messages go back to the queues. */
  restart(reason: string): void;
  /** No new messages; those already delivered can still be settled. */
  cancel(): Promise<void>;
  /**
   * Settles nothing more; unsettled messages go back to the queue. Deletes the queues that belong to this process only.
   */
  close(): Promise<void>;
}

export interface DriverState {
  readonly connected: boolean;
  readonly blocked: boolean;
  readonly everConnected: boolean;
  /** Why there is no connection: host, vhost, user and the broker's reason. Null while there is one. */
  readonly fault: string | null;
}

export type Declaration =
  | { readonly kind: 'exchange'; readonly name: string; readonly type: 'topic' | 'fanout' }
  | { readonly kind: 'queue'; readonly spec: QueueSpec };

export interface DeclarationState {
  readonly state: 'missing' | 'present' | 'conflict';
  /** How it would be declared. */
  readonly flags: string;
  readonly reason: string | null;
}

export interface Driver {
  readonly state: DriverState;
  /** Others may delete what this driver has declared. */
  readonly isShared: boolean;
  /** True when `send` works at once. */
  readonly ready: boolean;
  /** Changes with every new connection for publishing: messages sent unconfirmed on an older one may be lost. */
  readonly generation: number;
  start(): void;
  /** Waits for `ready`; rejects with BrokerUnavailable. */
  whenReady(timeoutMs: number): Promise<void>;
  /** True when `send` to that exchange needs no declaration first. */
  knowsExchange(frame: Pick<Frame, 'exchange' | 'exchangeType'>): boolean;
  declareExchange(frame: Pick<Frame, 'exchange' | 'exchangeType'>): Promise<void>;
  /** Unconfirmed, only when `ready`. False asks the sender to wait for `whenReady`. */
  send(frame: Frame): boolean;
  /** Confirmed; waits for the connection and repeats unconfirmed messages. `settle` is called once, within the time. */
  post(frame: Frame, timeoutMs: number, settle: (outcome: PublishOutcome) => void): void;
  /** `post` as a promise; rejects with its error. */
  publish(frame: Frame, timeoutMs: number): Promise<'routed' | 'unroutable'>;
  /** Declares a queue with its bindings, without consuming from it. */
  declareQueue(spec: QueueSpec): Promise<void>;
  consume(options: ConsumerOptions, onMessage: (message: Inbound) => void): ConsumerGroup;
  /**
   * Binds an existing queue: after a restart of the broker a durable queue has lost its bindings to an exchange that is
   * not durable. False when there is no such queue.
   */
  bindExisting(queue: string, exchange: string, routingKey: string): Promise<boolean>;
  /** Passive declare of a queue; null when it does not exist. */
  inspectQueue(name: string): Promise<{ consumers: number; messages: number } | null>;
  /**
   * Called when the broker has not done something in time. Connections on which it no longer answers are replaced by
   * new ones, to the next host if there are several.
   */
  doubt(): void;
  /** Compares a declaration with the broker's state; changes nothing. */
  examine(declaration: Declaration): Promise<DeclarationState>;
  onReturned: (frame: ReturnedFrame) => void;
  onStateChange: () => void;
  stop(): Promise<void>;
}
