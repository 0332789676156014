import { BoolOpt, DurationOpt, IntOpt, ListOpt, MultiStrOpt, OptionGroup, StrOpt } from '#libs/config';
import type { OptionValue } from '#libs/config';
import { readRabbitQuery } from './rabbit-query.js';

function checkTransport(value: OptionValue): string | undefined {
  if (typeof value !== 'string' || !/^(rabbit|kombu|memory):\/\//.test(value)) {
    return 'expected rabbit://user:password@host:5672/vhost, or memory:// for both halves in one process';
  }
  const { faults } = readRabbitQuery(value.split('?').slice(1).join('?'));
  return faults.length === 0 ? undefined : faults.join('; ');
}

@OptionGroup('DEFAULT', { help: 'Messages between the gateway and the workers.' })
export class MessagingOptions {
  @StrOpt({
    secret: true,
    check: checkTransport,
    help:
      'URL of the message broker: rabbit://user:password@host:5672,user:password@host2:5672/vhost?ssl=1, or ' +
      'memory:// for both halves in one process. What follows the question mark overrides options of ' +
      '[oslo_messaging_rabbit].',
  })
  readonly transportUrl!: string | undefined;

  @StrOpt({ default: 'albireo', help: 'The exchange of the topics. Pairs with different exchanges share one vhost.' })
  readonly controlExchange!: string;

  @DurationOpt({ default: 60, min: 0.001, mutable: true, help: 'Seconds to wait for the answer to a call.' })
  readonly rpcResponseTimeout!: number;

  @DurationOpt({ default: 1800, min: 0.001, mutable: true, help: 'Seconds to wait for the answer to a long call.' })
  readonly longRpcTimeout!: number;

  @IntOpt({
    default: 64,
    min: 1,
    deprecatedOpts: [{ name: 'rpc_thread_pool_size' }],
    help: 'Calls that a worker process runs at the same time.',
  })
  readonly executorThreadPoolSize!: number;

  @BoolOpt({ default: false, help: 'Answer oslo_rpc_server_ping on every topic.' })
  readonly rpcPingEnabled!: boolean;
}

@OptionGroup('messaging', { help: 'What goes beyond oslo.messaging in the way messages travel.' })
export class MessagingBehaviourOptions {
  @StrOpt({
    default: 'exchange',
    choices: ['exchange', 'oslo'],
    help:
      "Names of the queues of our servers: with the exchange before the topic (exchange), or oslo.messaging's own " +
      'names (oslo), for topics where Python servers work beside ours.',
  })
  readonly queueNaming!: 'exchange' | 'oslo';

  @BoolOpt({
    default: false,
    help: 'Serve a topic also when its queue has consumers of another product. Without it the worker refuses to start.',
  })
  readonly joinForeignTopics!: boolean;

  @DurationOpt({
    default: 2,
    mutable: true,
    help: 'Seconds by which the clocks of two machines may differ before the absolute deadline of a call is ignored.',
  })
  readonly clockSkewTolerance!: number;

  @DurationOpt({
    default: 15,
    mutable: true,
    help: 'Seconds that a call waits for a broker that has not been reached since the program started.',
  })
  readonly firstConnectTimeout!: number;

  @DurationOpt({
    default: 5,
    mutable: true,
    help: 'Seconds that a call waits for a broker that went away, before it fails as unavailable.',
  })
  readonly reconnectTimeout!: number;

  @ListOpt({
    default: [],
    help: 'Modules of exceptions of Python peers that are given to the caller as they are.',
  })
  readonly allowedRemoteExmods!: readonly string[];
}

@OptionGroup('oslo_messaging_notifications', { help: 'Notifications about what happened.', half: 'rpc' })
export class NotificationOptions {
  @MultiStrOpt({
    default: [],
    choices: ['messaging', 'messagingv2', 'routing', 'log', 'test', 'noop'],
    deprecatedOpts: [{ group: 'DEFAULT', name: 'notification_driver' }],
    help: 'How notifications are sent; none when empty.',
  })
  readonly driver!: readonly string[];

  @StrOpt({
    secret: true,
    check: checkTransport,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'notification_transport_url' }],
    help: 'The broker of notifications; transport_url when unset.',
  })
  readonly transportUrl!: string | undefined;

  @ListOpt({
    default: ['notifications'],
    deprecatedOpts: [{ group: 'rpc_notifier2' }, { group: 'DEFAULT', name: 'notification_topics' }],
    help: 'Topics of notifications.',
  })
  readonly topics!: readonly string[];

  @IntOpt({ default: -1, min: -1, help: 'Times that a failed notification is sent again; -1 for no limit.' })
  readonly retry!: number;
}
