import type { ConsumerHealth } from './health.js';
import type { MessagingObserver } from './messaging-observer.js';
import type { MessagingSettings } from './messaging-settings.js';
import type { Driver } from '../drivers/driver.js';
import type { IncomingReply } from '../wire/envelope.js';
import type { IdSource } from './ids.js';
import type { CallRequest } from '../client/pending-calls.js';
import type { Topology } from './topology.js';

/** The dependencies of senders: the driver, the names of queues and exchanges, and the observer of events. */
export interface Bus {
  readonly driver: Driver;
  readonly settings: MessagingSettings;
  readonly observer: MessagingObserver;
  readonly ids: IdSource;
  readonly topology: Topology;
  /** Throws MessagingError `MessageTooLarge`. */
  checkSize(body: string, what: string): void;
  reportConsumer(read: () => ConsumerHealth): () => void;
  changed(): void;
}

/** A bus on which questions can be asked. */
export interface CallingBus extends Bus {
  readonly calls: {
    call(request: CallRequest): Promise<unknown>;
    /** This process's reply queue, once it is consumed. */
    replyQueue(timeoutMs: number): Promise<string>;
    /** Passes every reply to a message to `take`, until the returned function is called. */
    collect(msgId: string, take: (reply: IncomingReply) => void): () => void;
  };
}
