import type { MessagingObserver } from './messaging-observer.js';
import { defaultSettings } from './messaging-settings.js';
import type { MessagingSettings } from './messaging-settings.js';
import type { RabbitSettings } from './rabbit-settings.js';
import type { Transport } from './transport.js';
import { parseTransportUrl } from './transport-url.js';
import { queryValues, rabbitSettings } from './rabbit-query.js';
import { TransportCore } from './transport-core.js';

export interface TransportOptions extends Partial<MessagingSettings> {
  /**
   * [DEFAULT] transport_url: `rabbit://user:password@host:5672/vhost?ssl=1` or `memory://`; its query overrides
   * `rabbit`.
   */
  readonly url: string;
  /** [oslo_messaging_rabbit]. */
  readonly rabbit?: Partial<RabbitSettings>;
  readonly observer?: MessagingObserver;
  /** Settings that may change while the transport is used: an object with getters, read at each use. */
  readonly live?: Partial<MessagingSettings>;
}

/**
 * Opens a transport. Does not wait for the broker: it connects and reconnects in the background, and `health()` shows
 * the state. Throws InvalidTransportUrl.
 */
export async function createTransport(options: TransportOptions): Promise<Transport> {
  const { url: text, rabbit, observer = {}, live = {}, ...given } = options;
  const fixed: MessagingSettings = { ...defaultSettings, ...given };
  const settings = Object.freeze(Object.defineProperties(fixed, Object.getOwnPropertyDescriptors(live)));
  const url = parseTransportUrl(text);
  if (url.driver === 'memory') {
    const { MemoryDriver } = await import('../drivers/memory/memory-driver.js');
    const { hubNamed } = await import('../drivers/memory/hub.js');
    return new TransportCore(new MemoryDriver(hubNamed(url.name)), settings, observer);
  }
  const overridden = rabbitSettings(queryValues(url.query), rabbit);
  const { createRabbitDriver } = await import('../drivers/rabbit/create-rabbit-driver.js');
  return new TransportCore(createRabbitDriver(url, overridden, settings, observer), settings, observer);
}
