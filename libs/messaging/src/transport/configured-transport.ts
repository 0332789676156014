import { MessagingBehaviourOptions, MessagingOptions } from '../options/messaging.options.js';
import { RabbitOptions } from '../options/rabbit.options.js';
import type { Configuration } from '#libs/config';
import { createTransport } from './create-transport.js';
import type { TransportOptions } from './create-transport.js';
import { queryValues, rabbitSettings } from './rabbit-query.js';
import { createTelemetryObserver } from './telemetry-observer.js';
import type { Transport } from './transport.js';
import { splitQuery } from './transport-url.js';

/** What a program supplies in addition to its options. */
export type ConfiguredTransportOptions = Partial<
  Pick<TransportOptions, 'url' | 'ledgerLeaseMs' | 'observer' | 'upgradeLevels'>
>;

/**
 * The transport that the configuration names, with logs and metrics. Does not wait for the broker. Mutable options
 * (`rpc_response_timeout` and others) take effect from the next call on.
 */
export function openConfiguredTransport(
  config: Configuration,
  program: string,
  options: ConfiguredTransportOptions = {},
): Promise<Transport> {
  const messaging = config.get(MessagingOptions);
  const behaviour = config.get(MessagingBehaviourOptions);
  const url = options.url ?? messaging.transportUrl ?? 'memory://';
  // Read together with the configuration file: `?ssl=1` alone uses the authority that the file names.
  const { query } = splitQuery(url);
  const rabbit = rabbitSettings(Object.assign({}, config.get(RabbitOptions), queryValues(query)));
  return createTransport({
    url,
    controlExchange: messaging.controlExchange,
    queueNaming: behaviour.queueNaming,
    joinForeignTopics: behaviour.joinForeignTopics,
    allowedRemoteExmods: behaviour.allowedRemoteExmods,
    pingEnabled: messaging.rpcPingEnabled,
    program,
    rabbit,
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
