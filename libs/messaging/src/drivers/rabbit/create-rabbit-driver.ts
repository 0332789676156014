import type { MessagingObserver } from '../../transport/messaging-observer.js';
import type { MessagingSettings } from '../../transport/messaging-settings.js';
import { defaultRabbitSettings } from '../../transport/rabbit-settings.js';
import type { RabbitSettings } from '../../transport/rabbit-settings.js';
import type { TransportUrl } from '../../transport/transport-url.js';
import type { Driver } from '../driver.js';
import { RabbitDriver } from './rabbit-driver.js';

export function createRabbitDriver(
  url: Extract<TransportUrl, { driver: 'rabbit' }>,
  given: Partial<RabbitSettings>,
  settings: MessagingSettings,
  observer: MessagingObserver,
): Driver {
  const rabbit: RabbitSettings = { ...defaultRabbitSettings, ...given };
  const { hosts, virtualHost } = url;
  return new RabbitDriver({ hosts, virtualHost, rabbit, program: settings.program, observer }, settings);
}
