import { BoolOpt, IntOpt, OptionGroup, StrOpt } from '../internal/decorators.js';

@OptionGroup('oslo_messaging_rabbit', { help: 'The connection to RabbitMQ, under the names of oslo.messaging.' })
export class RabbitOptions {
  @BoolOpt({
    default: false,
    deprecatedOpts: [{ name: 'rabbit_use_ssl' }],
    help: 'Connect with TLS.',
  })
  readonly ssl!: boolean;

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

  @IntOpt({ default: 30, min: 1, help: 'Longest time between retries, in seconds.' })
  readonly rabbitIntervalMax!: number;

  @BoolOpt({ default: false, help: 'Mirror queues on all nodes. Not together with rabbit_quorum_queue.' })
  readonly rabbitHaQueues!: boolean;

  @BoolOpt({ default: false, help: 'Declare topic queues as quorum queues; they are durable.' })
  readonly rabbitQuorumQueue!: boolean;

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

  @BoolOpt({
    default: false,
    deprecatedOpts: [{ name: 'rabbit_durable_queues' }],
    help: 'Declare topic queues as durable also where they are shared with Python peers. Our own always are.',
  })
  readonly amqpDurableQueues!: boolean;

  @BoolOpt({ default: false, help: 'Let the broker delete a topic queue with its last consumer.' })
  readonly amqpAutoDelete!: boolean;
}
