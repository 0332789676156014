import type { MessagingHealth, MessagingReport } from './health.js';
import type { MessagingSettings } from './messaging-settings.js';
import type { OutgoingMessage } from '../client/outgoing-message.js';

/** A way to the bus, shared by all clients and servers of a process. */
export interface Transport {
  readonly settings: MessagingSettings;
  /**
   * Sends a stored cast: confirmed, and mandatory unless it is a fanout.
   * Rejects with BrokerUnavailable (within `timeoutMs`) or MessageUndeliverable; then it may be sent again as it is.
   */
  publish(message: OutgoingMessage, options?: { readonly timeoutMs?: number }): Promise<void>;
  health(): MessagingHealth;
  /** The broker's connection and what is in flight, for the state report. */
  report(): MessagingReport;
  /** Calls back on every change of `health()`; returns how to stop that. */
  onHealthChange(listener: (health: MessagingHealth) => void): () => void;
  /** Asks the servers for their versions anew at the next use, as on SIGHUP. */
  refreshVersions(): void;
  /** Fails what waits, closes all connections. Stop the servers first. Idempotent. */
  stop(): Promise<void>;
}
