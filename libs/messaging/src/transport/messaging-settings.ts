/** How the bus is used; every field has a default. Times in milliseconds, as everywhere inside. */
export interface MessagingSettings {
  /** [DEFAULT] control_exchange. @default 'albireo' */
  readonly controlExchange: string;
  /** [DEFAULT] rpc_response_timeout. @default 60000 */
  readonly responseTimeoutMs: number;
  /** [DEFAULT] long_rpc_timeout, for methods that say `timeout: 'long'`. @default 1800000 */
  readonly longResponseTimeoutMs: number;
  /** [messaging] queue_naming. @default 'exchange' */
  readonly queueNaming: 'exchange' | 'oslo';
  /** [messaging] join_foreign_topics. @default false */
  readonly joinForeignTopics: boolean;
  /** [messaging] clock_skew_tolerance. @default 2000 */
  readonly clockSkewToleranceMs: number;
  /**
   * [messaging] first_connect_timeout: like `brokerGraceMs`, before the first connection to the broker. @default 15000
   */
  readonly firstBrokerGraceMs: number;
  /**
   * [messaging] reconnect_timeout: how long a call waits for a broker that went down; then BrokerUnavailable. @default
   * 5000
   */
  readonly brokerGraceMs: number;
  /** How long a topic may be without consumers before its calls fail as NoWorker. @default 2000 */
  readonly workerGraceMs: number;
  /** Larger bodies are refused before they are sent; RabbitMQ 4 accepts 16 MiB. @default 16777216 */
  readonly maxMessageBytes: number;
  /** Maximum unconfirmed publishes. @default 512 */
  readonly confirmWindow: number;
  /** Attempts to run a cast before it is parked. @default 5 */
  readonly maxAttempts: number;
  /** First wait before a failed cast runs again; it doubles. @default 1000 */
  readonly retryDelayMs: number;
  /** @default 30000 */
  readonly maxRetryDelayMs: number;
  /** Lease of a claim in the DeliveryLedger. @default 60000 */
  readonly ledgerLeaseMs: number;
  /** [DEFAULT] rpc_ping_enabled: oslo_rpc_server_ping. @default false */
  readonly pingEnabled: boolean;
  /** [messaging] allowed_remote_exmods: modules of exceptions that are passed on unchanged. @default [] */
  readonly allowedRemoteExmods: readonly string[];
  /** [upgrade_levels]: by topic the highest version to send, or `auto`: the lowest running version. @default {} */
  readonly upgradeLevels: Readonly<Record<string, string | undefined>>;
  /** Name of the program, shown at the broker and by nova's ping. @default 'albireo' */
  readonly program: string;
}

export const defaultSettings: MessagingSettings = Object.freeze({
  controlExchange: 'albireo',
  responseTimeoutMs: 60_000,
  longResponseTimeoutMs: 1_800_000,
  queueNaming: 'exchange',
  joinForeignTopics: false,
  clockSkewToleranceMs: 2_000,
  firstBrokerGraceMs: 15_000,
  brokerGraceMs: 5_000,
  workerGraceMs: 2_000,
  maxMessageBytes: 16 * 1024 * 1024,
  confirmWindow: 512,
  maxAttempts: 5,
  retryDelayMs: 1_000,
  maxRetryDelayMs: 30_000,
  ledgerLeaseMs: 60_000,
  pingEnabled: false,
  allowedRemoteExmods: [],
  upgradeLevels: {},
  program: 'albireo',
});
