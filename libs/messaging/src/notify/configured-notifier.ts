import { NotificationOptions } from '../options/messaging.options.js';
import type { Configuration } from '#libs/config';
import { getLogger } from '#libs/telemetry';
import { openConfiguredTransport } from '../transport/configured-transport.js';
import type { Transport } from '../transport/transport.js';
import { Notifier } from './notifier.js';
import type { NotificationDriver } from './notifier.js';

export interface ConfiguredNotifier {
  readonly notifier: Notifier;
  /** Closes the notifier's own transport, if [oslo_messaging_notifications] transport_url defines one. */
  stop(): Promise<void>;
}

const known: readonly NotificationDriver[] = ['messaging', 'messagingv2', 'log', 'noop'];

/** The notifier that [oslo_messaging_notifications] describes; its publisher is `service` on `host`, as `compute.host1`. */
export async function openConfiguredNotifier(
  config: Configuration,
  { service, host }: { readonly service: string; readonly host: string },
  transport: Transport,
): Promise<ConfiguredNotifier> {
  const { driver, transportUrl, topics, retry } = config.get(NotificationOptions);
  const log = getLogger('albireo.notification');
  const drivers = known.filter((name) => driver.includes(name));
  const without = driver.filter((name) => !known.some((each) => each === name) && name !== 'test');
  if (without.length > 0) {
    log.warning(`[oslo_messaging_notifications] driver: ${without.join(', ')} is not supported and sends nothing`);
  }
  const own = transportUrl === undefined ? null : await openConfiguredTransport(config, service, { url: transportUrl });
  const notifier = new Notifier(own ?? transport, {
    publisherId: `${service}.${host}`,
    drivers,
    topics,
    retry,
    log: (line) => log.info(line),
  });
  return { notifier, stop: async () => own?.stop() };
}
