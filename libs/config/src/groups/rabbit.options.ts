import { BoolOpt, FloatOpt, IntOpt, OptionGroup, StrOpt } from '../internal/decorators.js';

@OptionGroup('oslo_messaging_rabbit', { help: 'The connection to RabbitMQ, under the names of oslo.messaging.' })
export class RabbitOptions {
  @IntOpt({ default: 30, min: 1, help: 'Most connections in the pool of senders. One is enough for this product.' })
  readonly rpcConnPoolSize!: number;

  @IntOpt({ default: 2, min: 0, help: 'Fewest connections kept in the pool.' })
  readonly connPoolMinSize!: number;

  @IntOpt({ default: 1200, min: 0, help: 'Seconds after which an idle connection leaves the pool.' })
  readonly connPoolTtl!: number;

  @BoolOpt({
    default: false,
    deprecatedOpts: [{ name: 'rabbit_use_ssl' }],
    help: 'Connect with TLS.',
  })
  readonly ssl!: boolean;

  @StrOpt({
    deprecatedOpts: [{ name: 'kombu_ssl_version' }],
    help: 'Lowest version of TLS, as TLSv1_2. Unset: that of Node.',
  })
  readonly sslVersion!: string | undefined;

  @StrOpt({ deprecatedOpts: [{ name: 'kombu_ssl_keyfile' }], help: 'Key of the client certificate, PEM.' })
  readonly sslKeyFile!: string | undefined;

  @StrOpt({ deprecatedOpts: [{ name: 'kombu_ssl_certfile' }], help: 'Client certificate, PEM.' })
  readonly sslCertFile!: string | undefined;

  @StrOpt({
    deprecatedOpts: [{ name: 'kombu_ssl_ca_certs' }],
    help: 'Certificates of authorities for the certificate of the broker, PEM. Unset: those of Node.',
  })
  readonly sslCaFile!: string | undefined;

  @BoolOpt({ default: true, help: 'Check that the certificate of the broker is for the host that was asked.' })
  readonly sslEnforceHostnameVerification!: boolean;

  @BoolOpt({ default: false, help: 'Use the FIPS mode of OpenSSL.' })
  readonly sslEnforceFipsMode!: boolean;

  @BoolOpt({
    default: false,
    help: 'oslo.messaging: heartbeats in a thread of their own. Heartbeats are always on here.',
  })
  readonly heartbeatInPthread!: boolean;

  @FloatOpt({ default: 1, min: 0, max: 4.5, help: 'Seconds to wait before connecting again.' })
  readonly kombuReconnectDelay!: number;

  @FloatOpt({ default: 0, min: 0, help: 'Longest random time added to kombu_reconnect_delay, in seconds.' })
  readonly kombuReconnectSplay!: number;

  @StrOpt({ choices: ['gzip', 'bz2'], help: 'Compression of messages. Unset: none.' })
  readonly kombuCompression!: string | undefined;

  @IntOpt({
    default: 60,
    min: 0,
    deprecatedOpts: [{ name: 'kombu_reconnect_timeout' }],
    help: 'Seconds to wait for a missing consumer before a call to it fails.',
  })
  readonly kombuMissingConsumerRetryTimeout!: number;

  @StrOpt({ default: 'round-robin', choices: ['round-robin', 'shuffle'], help: 'Which broker is tried next.' })
  readonly kombuFailoverStrategy!: 'round-robin' | 'shuffle';

  @StrOpt({
    default: 'AMQPLAIN',
    choices: ['PLAIN', 'AMQPLAIN', 'EXTERNAL', 'RABBIT-CR-DEMO'],
    help: 'How to log in.',
  })
  readonly rabbitLoginMethod!: string;

  @IntOpt({ default: 1, min: 1, help: 'Seconds before the first retry of a connection.' })
  readonly rabbitRetryInterval!: number;

  @IntOpt({ default: 2, min: 0, help: 'Seconds by which the time between retries grows.' })
  readonly rabbitRetryBackoff!: number;

  @IntOpt({ default: 30, min: 1, help: 'Longest time between retries, in seconds.' })
  readonly rabbitIntervalMax!: number;

  @BoolOpt({ default: false, help: 'Mirror queues on all nodes. Not together with rabbit_quorum_queue.' })
  readonly rabbitHaQueues!: boolean;

  @BoolOpt({ default: false, help: 'Declare topic queues as quorum queues; they are durable.' })
  readonly rabbitQuorumQueue!: boolean;

  @BoolOpt({ default: false, help: 'Declare reply and fanout queues as quorum queues.' })
  readonly rabbitTransientQuorumQueue!: boolean;

  @IntOpt({ default: 0, min: 0, help: 'Times that a quorum queue delivers a message again; 0 for no limit.' })
  readonly rabbitQuorumDeliveryLimit!: number;

  @IntOpt({
    default: 0,
    min: 0,
    // oslo.messaging spelt it so before 14.3.0.
    deprecatedOpts: [{ name: 'rabbit_quroum_max_memory_length' }],
    help: 'Messages that a quorum queue keeps in memory; 0 for no limit.',
  })
  readonly rabbitQuorumMaxMemoryLength!: number;

  @IntOpt({
    default: 0,
    min: 0,
    deprecatedOpts: [{ name: 'rabbit_quroum_max_memory_bytes' }],
    help: 'Bytes that a quorum queue keeps in memory; 0 for no limit.',
  })
  readonly rabbitQuorumMaxMemoryBytes!: number;

  @IntOpt({ default: 1800, min: 1, help: 'Seconds after which an unused reply or fanout queue is deleted.' })
  readonly rabbitTransientQueuesTtl!: number;

  @IntOpt({
    default: 0,
    min: 0,
    help: 'Messages that a worker takes before it has answered the first; 0 for a number that fits the topic.',
  })
  readonly rabbitQosPrefetchCount!: number;

  @IntOpt({ default: 60, min: 0, help: 'Seconds without a heartbeat after which a connection is dead; 0 for never.' })
  readonly heartbeatTimeoutThreshold!: number;

  @IntOpt({ default: 3, min: 1, help: 'Heartbeats in heartbeat_timeout_threshold.' })
  readonly heartbeatRate!: number;

  @BoolOpt({
    default: true,
    help: 'Notice at once when the queue of an answer is gone.',
  })
  readonly directMandatoryFlag!: boolean;

  @BoolOpt({ default: false, help: 'Let the broker tell a consumer when its queue moves to another node.' })
  readonly enableCancelOnFailover!: boolean;

  @BoolOpt({ default: false, help: 'Name reply and fanout queues after host and process in place of at random.' })
  readonly useQueueManager!: boolean;

  @StrOpt({ help: 'Host in the names of use_queue_manager. Unset: the host name.' })
  readonly hostname!: string | undefined;

  @StrOpt({ help: 'Process in the names of use_queue_manager. Unset: the name of the program.' })
  readonly processname!: string | undefined;

  @BoolOpt({
    default: false,
    help: 'Use streams for fanouts; needs a prefetch count and rabbit_transient_quorum_queue.',
  })
  readonly rabbitStreamFanout!: boolean;

  @BoolOpt({
    default: false,
    deprecatedOpts: [{ name: 'rabbit_durable_queues' }],
    help: 'Declare topic queues as durable also where they are shared with Python peers. Our own always are.',
  })
  readonly amqpDurableQueues!: boolean;

  @BoolOpt({ default: false, help: 'Let the broker delete a topic queue with its last consumer.' })
  readonly amqpAutoDelete!: boolean;
}
