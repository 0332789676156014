import type { MessagingHealth, MessagingReport } from './health.js';
import type { MessagingSettings } from './messaging-settings.js';
import type { OutgoingMessage } from '../client/outgoing-message.js';

/** A connection to the bus, shared by all clients and servers of a process. */
export interface Transport {
  readonly settings: MessagingSettings;
  /**
   * Sends a stored cast: confirmed, and mandatory unless it is a fanout. Rejects with BrokerUnavailable (within
   * `timeoutMs`) or MessageUndeliverable; then the same cast may be sent again.
   */
  publish(message: OutgoingMessage, options?: { readonly timeoutMs?: number }): Promise<void>;
  health(): MessagingHealth;
  /** The broker's connection and what is in flight, for the state report. */
  report(): MessagingReport;
  /** Calls `listener` on every change of `health()`; returns a function that stops this. */
  onHealthChange(listener: (health: MessagingHealth) => void): () => void;
  /** Asks the servers for their versions again at the next use, as on SIGHUP. */
  refreshVersions(): void;
  /** Fails waiting calls and closes all connections. Stop the servers first. Idempotent. */
  stop(): Promise<void>;
}
