import { MessagingError } from '../../errors.js';
import type { MessagingObserver } from '../../messaging-observer.js';
import type { MessagingSettings } from '../../messaging-settings.js';
import type { RabbitSettings } from '../../rabbit-settings.js';
import type { TransportUrl } from '../../transport-url.js';
import type { Driver } from '../driver.js';

export function createRabbitDriver(
  _url: Extract<TransportUrl, { driver: 'rabbit' }>,
  _rabbit: Partial<RabbitSettings>,
  _settings: MessagingSettings,
  _observer: MessagingObserver,
): Driver {
  throw new MessagingError('BrokerUnavailable', 'the rabbit driver follows in the next commits');
}
