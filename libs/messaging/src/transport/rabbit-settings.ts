/** [oslo_messaging_rabbit], times in milliseconds. */
export interface RabbitSettings {
  /** amqp_durable_queues: the control exchange's flag, and the topic queues' with queue naming `oslo`. @default false */
  readonly amqpDurableQueues: boolean;
  /** rabbit_quorum_queue: topic queues are quorum queues. @default false */
  readonly rabbitQuorumQueue: boolean;
  /** rabbit_transient_quorum_queue: reply and fanout queues are quorum queues. @default false */
  readonly transientQuorumQueue: boolean;
  /** rabbit_quorum_delivery_limit, rabbit_quorum_max_memory_length and _bytes, of quorum queues; 0 = none. @default 0 */
  readonly quorumDeliveryLimit: number;
  readonly quorumMaxMemoryLength: number;
  readonly quorumMaxMemoryBytes: number;
  /** amqp_auto_delete: of the control exchange, and of queues whose names are shared with Python. @default false */
  readonly amqpAutoDelete: boolean;
  /** rabbit_ha_queues: `x-ha-policy` of queues whose names are shared with Python. @default false */
  readonly rabbitHaQueues: boolean;
  /** rabbit_transient_queues_ttl, of reply and fanout queues without a consumer. @default 1800000 */
  readonly transientQueuesTtlMs: number;
  /** rabbit_qos_prefetch_count; 0 leaves the choice to each server. @default 0 */
  readonly rabbitQosPrefetchCount: number;
  /** heartbeat_timeout_threshold in seconds; 0 = off. @default 60 */
  readonly heartbeatSeconds: number;
  /** rabbit_login_method. @default 'PLAIN' */
  readonly loginMethod: 'PLAIN' | 'AMQPLAIN' | 'EXTERNAL';
  /** kombu_failover_strategy: which host is tried after one that cannot be reached. @default 'round-robin' */
  readonly failoverStrategy: 'round-robin' | 'shuffle';
  /** First wait before connecting again; it doubles. @default 100 */
  readonly reconnectMinMs: number;
  /** @default 2000 */
  readonly reconnectMaxMs: number;
  /**
   * How often a connection that had to use another host checks whether its preferred host accepts it again. @default
   * 15000
   */
  readonly homeEveryMs: number;
  /** Time for one attempt to connect. @default 10000 */
  readonly connectTimeoutMs: number;
  /** ssl, ssl_ca_file, ssl_cert_file, ssl_key_file; null = plain TCP. @default null */
  readonly tls: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    /** ssl_version in lower case: `tlsv1`, `tlsv1_1`, `tlsv1_2` for exactly that version, `sslv23` for the newest. */
    readonly version?: string;
    readonly verifyHostname?: boolean;
  } | null;
}

export const defaultRabbitSettings: RabbitSettings = Object.freeze({
  amqpDurableQueues: false,
  rabbitQuorumQueue: false,
  transientQuorumQueue: false,
  quorumDeliveryLimit: 0,
  quorumMaxMemoryLength: 0,
  quorumMaxMemoryBytes: 0,
  amqpAutoDelete: false,
  rabbitHaQueues: false,
  transientQueuesTtlMs: 1_800_000,
  rabbitQosPrefetchCount: 0,
  heartbeatSeconds: 60,
  loginMethod: 'PLAIN',
  failoverStrategy: 'round-robin',
  reconnectMinMs: 100,
  reconnectMaxMs: 2_000,
  homeEveryMs: 15_000,
  connectTimeoutMs: 10_000,
  tls: null,
});
