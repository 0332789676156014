import type { RequestContext } from '#libs/telemetry';
import type { NotificationMessage, NotificationPriority } from './notification.js';
import type { Frame, QueueSpec } from '../drivers/driver.js';
import { contextPrefix, plainMessage, sealMessage } from '../wire/envelope.js';
import type { TransportCore } from '../transport/transport-core.js';

export interface OutgoingNotification {
  readonly topic: string;
  readonly priority: NotificationPriority;
  readonly message: NotificationMessage;
  readonly context: RequestContext;
  readonly envelope: boolean;
  readonly retry: number;
}

const attemptMs = 30_000;
const retryMs = 1_000;
/** While the broker is down, notifications beyond this number are dropped, so that memory stays bounded. */
const mostWaiting = 10_000;

/** Keys of the context that may be published; the readers of a notification are not only Albireo's own services. */
const publicKeys = new Set(
  [
    ['user_id', 'project_id', 'domain_id', 'user_domain_id', 'project_domain_id'],
    ['user_name', 'project_name', 'domain_name', 'user_domain_name', 'project_domain_name'],
    ['request_id', 'global_request_id', 'roles', 'is_admin', 'system_scope'],
    ['service_user_id', 'service_user_domain_id', 'service_user_domain_name', 'service_roles'],
    ['service_project_id', 'service_project_name', 'service_project_domain_id', 'service_project_domain_name'],
    ['user', 'domain', 'user_domain', 'project_domain'],
  ].flat(),
);

/** Publishes notifications. The sender declares their queue, so that none is lost before the first listener comes. */
export class NotificationSender {
  /** Declared queues, and on which connection. */
  readonly #declared = new Map<string, number>();
  #waiting = 0;
  #full = false;

  constructor(readonly core: TransportCore) {}

  async send(notification: OutgoingNotification): Promise<void> {
    const { observer } = this.core;
    const { topic } = notification;
    if (this.#waiting >= mostWaiting) {
      if (!this.#full) observer.warn?.('too many notifications wait for the broker: more are dropped', { topic });
      this.#full = true;
      return observer.notificationDropped?.(topic);
    }
    this.#waiting += 1;
    try {
      await this.#sendAgainAndAgain(notification);
      observer.notificationSent?.(topic);
      this.#full = false;
    } catch (error) {
      observer.notificationDropped?.(topic);
      observer.error?.(`a notification for ${topic} could not be sent`, error, {
        event_type: notification.message.event_type,
      });
    } finally {
      this.#waiting -= 1;
    }
  }

  async #sendAgainAndAgain(notification: OutgoingNotification): Promise<void> {
    const { core } = this;
    const queue = core.topology.notificationQueue(
      core.settings.controlExchange,
      notification.topic,
      notification.priority,
    );
    const frame = this.#frame(notification);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#publish(queue, frame);
      } catch (error) {
        const last = notification.retry >= 0 && attempt >= notification.retry;
        if (last || core.stopped) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  async #publish(queue: QueueSpec, frame: Frame): Promise<void> {
    const { driver } = this.core;
    await driver.whenReady(attemptMs);
    if (this.#declared.get(queue.name) !== driver.generation) await this.#declare(queue);
    if ((await driver.publish(frame, attemptMs)) === 'routed') return;
    // The queue was deleted.
    await this.#declare(queue);
    if ((await driver.publish(frame, attemptMs)) !== 'routed') throw new Error(`queue "${queue.name}" takes nothing`);
  }

  async #declare(queue: QueueSpec): Promise<void> {
    const { driver } = this.core;
    const { generation } = driver;
    await driver.declareQueue(queue);
    this.#declared.set(queue.name, generation);
  }

  #frame({ message, context, envelope, topic, priority }: OutgoingNotification): Frame {
    const { core } = this;
    const uniqueId = core.ids.next();
    const inner: Record<string, unknown> = { ...message, _unique_id: uniqueId };
    for (const key in context) {
      if (publicKeys.has(key)) inner[contextPrefix + key] = context[key];
    }
    const body = (envelope ? sealMessage : plainMessage)(inner, 'the notification');
    core.checkSize(body, `the notification for ${topic}`);
    return {
      exchange: core.settings.controlExchange,
      exchangeType: 'topic',
      routingKey: `${topic}.${priority}`,
      body,
      headers: {},
      messageId: uniqueId,
      mandatory: true,
      persistent: true,
    };
  }
}
