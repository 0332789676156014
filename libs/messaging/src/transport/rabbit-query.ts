import { readRabbitQuery } from '../options/rabbit-query.js';
import type { RabbitOptions } from '../options/rabbit.options.js';
import { MessagingError } from '../errors.js';
import type { RabbitSettings } from './rabbit-settings.js';

type Values = Readonly<Partial<RabbitOptions>>;
type Tls = NonNullable<RabbitSettings['tls']>;

/** The options that a transport URL's query sets. Throws InvalidTransportUrl for an unknown name or value. */
export function queryValues(query: string): Values {
  const { values, faults } = readRabbitQuery(query);
  if (faults.length > 0) throw new MessagingError('InvalidTransportUrl', `transport_url: ${faults.join('; ')}`);
  return values;
}

/** Each option that has a setting, and the conversion of its value. */
const settingOf: {
  readonly [K in keyof RabbitOptions]?: (value: RabbitOptions[K]) => Partial<RabbitSettings>;
} = {
  amqpDurableQueues: (amqpDurableQueues) => ({ amqpDurableQueues }),
  rabbitQuorumQueue: (rabbitQuorumQueue) => ({ rabbitQuorumQueue }),
  rabbitTransientQuorumQueue: (transientQuorumQueue) => ({ transientQuorumQueue }),
  rabbitQuorumDeliveryLimit: (quorumDeliveryLimit) => ({ quorumDeliveryLimit }),
  rabbitQuorumMaxMemoryLength: (quorumMaxMemoryLength) => ({ quorumMaxMemoryLength }),
  rabbitQuorumMaxMemoryBytes: (quorumMaxMemoryBytes) => ({ quorumMaxMemoryBytes }),
  amqpAutoDelete: (amqpAutoDelete) => ({ amqpAutoDelete }),
  rabbitHaQueues: (rabbitHaQueues) => ({ rabbitHaQueues }),
  rabbitTransientQueuesTtl: (seconds) => ({ transientQueuesTtlMs: seconds * 1000 }),
  rabbitQosPrefetchCount: (rabbitQosPrefetchCount) => ({ rabbitQosPrefetchCount }),
  heartbeatTimeoutThreshold: (heartbeatSeconds) => ({ heartbeatSeconds }),
  // oslo waits up to 30 s between attempts; here at most 2 s may pass before a broker that is back is tried.
  rabbitIntervalMax: (seconds) => ({ reconnectMaxMs: Math.min(seconds * 1000, 2_000) }),
  rabbitLoginMethod: (loginMethod) => ({ loginMethod }),
  kombuFailoverStrategy: (failoverStrategy) => ({ failoverStrategy }),
};

/** Values of `[oslo_messaging_rabbit]` over `base`: absent values stay as in `base`. */
export function rabbitSettings(values: Values, base: Partial<RabbitSettings> = {}): Partial<RabbitSettings> {
  const settings: Partial<RabbitSettings> = { ...base };
  for (const [option, make] of Object.entries(settingOf)) {
    const value = Reflect.get(values, option);
    // Each function gets its option's value type.
    if (value !== undefined) Object.assign(settings, (make as (value: unknown) => Partial<RabbitSettings>)(value));
  }
  const isTls = values.ssl ?? (base.tls ?? null) !== null;
  return { ...settings, tls: isTls ? { ...base.tls, ...tlsOf(values) } : null };
}

function tlsOf(values: Values): Tls {
  const { sslCaFile, sslCertFile, sslKeyFile, sslVersion, sslEnforceHostnameVerification: verifyHostname } = values;
  return {
    ...(sslCaFile ? { caFile: sslCaFile } : {}),
    ...(sslCertFile ? { certFile: sslCertFile } : {}),
    ...(sslKeyFile ? { keyFile: sslKeyFile } : {}),
    ...(sslVersion ? { version: sslVersion.toLowerCase() } : {}),
    ...(verifyHostname === undefined ? {} : { verifyHostname }),
  };
}
