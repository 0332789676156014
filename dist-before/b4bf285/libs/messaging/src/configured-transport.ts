import { MessagingBehaviourOptions, MessagingOptions, RabbitOptions, UpgradeLevelOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { createTransport } from './create-transport.js';
import type { TransportOptions } from './create-transport.js';
import type { MessagingSettings } from './messaging-settings.js';
import type { RabbitSettings } from './rabbit-settings.js';
import { createTelemetryObserver } from './telemetry-observer.js';
import type { Transport } from './transport.js';

function rabbitSettings(options: RabbitOptions): Partial<RabbitSettings> {
  const files = {
    ...(options.sslCaFile === undefined ? {} : { caFile: options.sslCaFile }),
    ...(options.sslCertFile === undefined ? {} : { certFile: options.sslCertFile }),
    ...(options.sslKeyFile === undefined ? {} : { keyFile: options.sslKeyFile }),
  };
  return {
    amqpDurableQueues: options.amqpDurableQueues,
    rabbitQuorumQueue: options.rabbitQuorumQueue,
    quorumDeliveryLimit: options.rabbitQuorumDeliveryLimit,
    quorumMaxMemoryLength: options.rabbitQuorumMaxMemoryLength,
    quorumMaxMemoryBytes: options.rabbitQuorumMaxMemoryBytes,
    amqpAutoDelete: options.amqpAutoDelete,
    rabbitHaQueues: options.rabbitHaQueues,
    transientQueuesTtlMs: options.rabbitTransientQueuesTtl * 1000,
    rabbitQosPrefetchCount: options.rabbitQosPrefetchCount,
    heartbeatSeconds: options.heartbeatTimeoutThreshold,
    // oslo waits up to 30 s between attempts; a broker that is back must not be left alone for more than 2.
    reconnectMaxMs: Math.min(options.rabbitIntervalMax * 1000, 2_000),
    tls: options.ssl ? { ...files, verifyHostname: options.sslEnforceHostnameVerification } : null,
  };
}

/** Read at each call, so it is one object with getters. */
function upgradeLevels(options: UpgradeLevelOptions): MessagingSettings['upgradeLevels'] {
  return {
    get compute() {
      return options.compute;
    },
    get conductor() {
      return options.conductor;
    },
    get scheduler() {
      return options.scheduler;
    },
    get network() {
      return options.network;
    },
    get identity() {
      return options.identity;
    },
    get image() {
      return options.image;
    },
  };
}

/** What a program knows beside its options. */
export type ConfiguredTransportOptions = Partial<Pick<TransportOptions, 'url' | 'ledgerLeaseMs' | 'observer'>>;

/**
 * The way to the bus that the configuration names, with logs and metrics. Does not wait for the broker. Options that
 * are mutable (`rpc_response_timeout` and others) have effect from the next call on.
 */
export function openConfiguredTransport(
  config: Configuration,
  program: string,
  options: ConfiguredTransportOptions = {},
): Promise<Transport> {
  const messaging = config.get(MessagingOptions);
  const behaviour = config.get(MessagingBehaviourOptions);
  return createTransport({
    url: messaging.transportUrl ?? 'memory://',
    controlExchange: messaging.controlExchange,
    queueNaming: behaviour.queueNaming,
    joinForeignTopics: behaviour.joinForeignTopics,
    allowedRemoteExmods: behaviour.allowedRemoteExmods,
    upgradeLevels: upgradeLevels(config.get(UpgradeLevelOptions)),
    pingEnabled: messaging.rpcPingEnabled,
    program,
    rabbit: rabbitSettings(config.get(RabbitOptions)),
    observer: createTelemetryObserver(),
    live: {
      get responseTimeoutMs() {
        return messaging.rpcResponseTimeout * 1000;
      },
      get longResponseTimeoutMs() {
        return messaging.longRpcTimeout * 1000;
      },
      get firstBrokerGraceMs() {
        return behaviour.firstConnectTimeout * 1000;
      },
      get brokerGraceMs() {
        return behaviour.reconnectTimeout * 1000;
      },
      get clockSkewToleranceMs() {
        return behaviour.clockSkewTolerance * 1000;
      },
    },
    ...options,
  });
}
