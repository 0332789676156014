import { runWithContext } from '#libs/telemetry';
import type { NotificationListenerOptions } from './notification-endpoint.js';
import { matchesFilter } from './notification-endpoint.js';
import type { ReceivedNotification } from './notification.js';
import { notificationPriorities } from './notification.js';
import type { Inbound } from '../drivers/driver.js';
import { decodeContext, MalformedMessage, openEnvelope } from '../wire/envelope.js';
import { bodyText } from '../wire/body-text.js';
import type { TransportCore } from '../transport/transport-core.js';
import { within } from '../timing/within.js';

/** Reads notifications, passes them to the endpoints that want them, and settles them afterwards. */
export class NotificationReader {
  readonly #running = new Set<Promise<void>>();
  #stopping = false;

  constructor(
    readonly core: TransportCore,
    readonly options: NotificationListenerOptions,
  ) {}

  receive(message: Inbound): void {
    if (this.#stopping) return message.requeue();
    const run: Promise<void> = this.#run(message)
      .catch((error: unknown) => {
        this.core.observer.error?.('a notification could not be settled', error);
        message.requeue();
      })
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #run(message: Inbound): Promise<void> {
    let notification: ReceivedNotification;
    try {
      notification = this.#read(message);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      // Nobody can ever read it, and its sender does not wait: oslo rejects it too.
      this.core.observer.requestDropped?.(message.queue.name, 'malformed');
      this.core.observer.warn?.('dropped a notification that cannot be read', { reason: error.message });
      return message.ack();
    }
    const result = await runWithContext(notification.context, () => this.#dispatch(notification));
    if (result === 'handled' || this.options.allowRequeue !== true) return message.ack();
    const delayMs = this.#stopping ? 0 : (this.options.requeueDelayMs ?? 1_000);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    message.requeue();
  }

  #read(message: Inbound): ReceivedNotification {
    const fields = openEnvelope(bodyText(message));
    const text = (key: string): string => {
      const value = fields[key];
      return typeof value === 'string' ? value : '';
    };
    const name = text('priority').toLowerCase();
    const priority = notificationPriorities.find((known) => known === name);
    if (priority === undefined) throw new MalformedMessage(`unknown priority ${JSON.stringify(fields['priority'])}`);
    const { serializer } = this.options;
    const travelled = decodeContext(fields);
    const context = serializer?.deserializeContext?.(travelled) ?? travelled;
    const payload: unknown = fields['payload'] ?? null;
    return {
      context,
      publisherId: text('publisher_id'),
      eventType: text('event_type'),
      priority,
      payload: serializer?.deserializeEntity?.(context, payload) ?? payload,
      metadata: { message_id: text('message_id'), timestamp: text('timestamp') },
    };
  }

  async #dispatch(notification: ReceivedNotification): Promise<'handled' | 'requeue'> {
    for (const endpoint of this.options.endpoints) {
      const handle = endpoint[notification.priority];
      if (handle === undefined) continue;
      if (endpoint.filter !== undefined && !matchesFilter(endpoint.filter, notification)) continue;
      try {
        if ((await handle.call(endpoint, notification)) === 'requeue') return 'requeue';
      } catch (error) {
        this.core.observer.error?.(`exception in a listener of ${notification.eventType}`, error);
        return 'requeue';
      }
    }
    return 'handled';
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    await within(deadlineMs, Promise.all(this.#running)).catch(() => undefined);
  }
}
