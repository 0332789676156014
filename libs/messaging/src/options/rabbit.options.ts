import { BoolOpt, IntOpt, OptionGroup, StrOpt } from '#libs/config';
import type { OptionValue } from '#libs/config';

function checkTlsVersion(value: OptionValue): string | undefined {
  const version = typeof value === 'string' ? value.toLowerCase() : '';
  if (['', 'tlsv1', 'tlsv1_1', 'tlsv1_2', 'sslv23'].includes(version)) return undefined;
  if (version === 'sslv2' || version === 'sslv3') return 'SSL 2 and 3 are not spoken: expected SSLv23 or TLSv1_2';
  return 'expected TLSv1, TLSv1_1, TLSv1_2 or SSLv23';
}

@OptionGroup('oslo_messaging_rabbit', { help: 'The connection to RabbitMQ, under the names of oslo.messaging.' })
export class RabbitOptions {
  @BoolOpt({
    default: false,
    deprecatedOpts: [{ name: 'rabbit_use_ssl' }],
    help: 'Connect with TLS.',
  })
  readonly ssl!: boolean;

  @StrOpt({
    deprecatedOpts: [{ name: 'kombu_ssl_version' }],
    check: checkTlsVersion,
    help:
      'Version of TLS: TLSv1, TLSv1_1 or TLSv1_2 for exactly that one, SSLv23 for the newest that both sides speak, ' +
      'as when unset.',
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

  @StrOpt({
    deprecatedOpts: [{ group: 'DEFAULT' }],
    default: 'PLAIN',
    // RABBIT-CR-DEMO asks for the password in a second step, which the client library does not support.
    choices: ['PLAIN', 'AMQPLAIN', 'EXTERNAL'],
    help: 'How to log in. EXTERNAL: by the client certificate, in place of user and password of the URL.',
  })
  readonly rabbitLoginMethod!: 'PLAIN' | 'AMQPLAIN' | 'EXTERNAL';

  @StrOpt({
    default: 'round-robin',
    choices: ['round-robin', 'shuffle'],
    help: 'Which of several hosts is tried after one that cannot be reached: the next one, or any.',
  })
  readonly kombuFailoverStrategy!: 'round-robin' | 'shuffle';

  @IntOpt({ default: 30, min: 1, help: 'Longest time between retries, in seconds.' })
  readonly rabbitIntervalMax!: number;

  @BoolOpt({
    default: false,
    deprecatedOpts: [{ group: 'DEFAULT' }],
    help: 'Mirror queues on all nodes. Not together with rabbit_quorum_queue.',
  })
  readonly rabbitHaQueues!: boolean;

  @BoolOpt({ default: false, help: 'Declare topic queues as quorum queues; they are durable.' })
  readonly rabbitQuorumQueue!: boolean;

  @BoolOpt({
    default: false,
    help:
      'Declare reply and fanout queues as quorum queues too: they then outlive the loss of the node that they are on, ' +
      'at the price of slower answers.',
  })
  readonly rabbitTransientQuorumQueue!: boolean;

  @IntOpt({ default: 0, min: 0, help: 'Times that a quorum queue delivers a message again; 0 for no limit.' })
  readonly rabbitQuorumDeliveryLimit!: number;

  @IntOpt({
    default: 0,
    min: 0,
    // oslo.messaging spelled it this way before 14.3.0.
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

  @IntOpt({
    default: 1800,
    min: 0,
    help: 'Seconds after which an unused queue of one process (reply, fanout) is deleted; 0 for never.',
  })
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
    deprecatedOpts: [
      { name: 'rabbit_durable_queues' },
      { group: 'DEFAULT' },
      { group: 'DEFAULT', name: 'rabbit_durable_queues' },
    ],
    help: 'Declare topic queues as durable also where they are shared with Python peers. Our own always are.',
  })
  readonly amqpDurableQueues!: boolean;

  @BoolOpt({
    default: false,
    deprecatedOpts: [{ group: 'DEFAULT' }],
    help: 'Let the broker delete a topic queue with its last consumer.',
  })
  readonly amqpAutoDelete!: boolean;
}
