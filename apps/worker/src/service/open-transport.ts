import { MessagingBehaviourOptions, MessagingOptions, RabbitOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { createTelemetryObserver, createTransport } from '#libs/messaging';
import type { RabbitSettings, Transport } from '#libs/messaging';

/** How long a cast of a killed worker waits for another one. Claims of living workers are renewed. */
const LEDGER_LEASE_MS = 10_000;

/** The worker's way to the bus, as the options say. Does not wait for the broker. */
export function openTransport(config: Configuration, program: string): Promise<Transport> {
  const messaging = config.get(MessagingOptions);
  const behaviour = config.get(MessagingBehaviourOptions);
  return createTransport({
    url: messaging.transportUrl ?? 'memory://',
    controlExchange: messaging.controlExchange,
    responseTimeoutMs: messaging.rpcResponseTimeout * 1_000,
    longResponseTimeoutMs: messaging.longRpcTimeout * 1_000,
    queueNaming: behaviour.queueNaming,
    joinForeignTopics: behaviour.joinForeignTopics,
    clockSkewToleranceMs: behaviour.clockSkewTolerance * 1_000,
    ledgerLeaseMs: LEDGER_LEASE_MS,
    pingEnabled: messaging.rpcPingEnabled,
    program,
    rabbit: rabbitSettings(config.get(RabbitOptions)),
    observer: createTelemetryObserver(),
  });
}

function rabbitSettings(options: RabbitOptions): Partial<RabbitSettings> {
  return {
    amqpDurableQueues: options.amqpDurableQueues,
    rabbitQuorumQueue: options.rabbitQuorumQueue,
    transientQueuesTtlMs: options.rabbitTransientQueuesTtl * 1_000,
    rabbitQosPrefetchCount: options.rabbitQosPrefetchCount,
    heartbeatSeconds: options.heartbeatTimeoutThreshold,
    tls: options.ssl
      ? {
          ...(options.sslCaFile === undefined ? {} : { caFile: options.sslCaFile }),
          ...(options.sslCertFile === undefined ? {} : { certFile: options.sslCertFile }),
          ...(options.sslKeyFile === undefined ? {} : { keyFile: options.sslKeyFile }),
          verifyHostname: options.sslEnforceHostnameVerification,
        }
      : null,
  };
}
