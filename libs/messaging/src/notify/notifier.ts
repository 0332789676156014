import { randomUUID } from 'node:crypto';
import type { RequestContext } from '#libs/telemetry';
import type { MessageSerializer } from '../wire/message-serializer.js';
import { NotificationSender } from './notification-sender.js';
import { coreOf } from '../transport/transport-core.js';
import type { TransportCore } from '../transport/transport-core.js';
import type { Transport } from '../transport/transport.js';
import type { NotificationMessage, NotificationPriority } from './notification.js';

/** `messagingv2` uses the envelope, `messaging` does not; `log` writes to the log; `noop` does nothing. */
export type NotificationDriver = 'messaging' | 'messagingv2' | 'log' | 'noop';

export interface NotifierOptions {
  /** `service.host`, as `compute.host1`. */
  readonly publisherId: string;
  /** [oslo_messaging_notifications] driver. @default ['messagingv2'] */
  readonly drivers?: readonly NotificationDriver[];
  /** [oslo_messaging_notifications] topics. @default ['notifications'] */
  readonly topics?: readonly string[];
  /** How often a failed notification is sent again; -1 = as long as the transport lives. @default -1 */
  readonly retry?: number;
  readonly serializer?: MessageSerializer;
  /** Called by the driver `log`. */
  readonly log?: (line: string) => void;
}

/**
 * Publishes notifications of events. Each method resolves when the broker has the message, or when it was given up
 * (reported to the observer): a failed notification never fails the operation that it reports.
 */
export class Notifier {
  readonly #core: TransportCore;
  readonly #sender: NotificationSender;

  constructor(
    readonly transport: Transport,
    readonly options: NotifierOptions,
    sender?: NotificationSender,
  ) {
    this.#core = coreOf(transport);
    this.#sender = sender ?? new NotificationSender(this.#core);
  }

  /** The same notifier under another name, with other topics or retries. */
  prepare(options: Partial<Pick<NotifierOptions, 'publisherId' | 'topics' | 'retry'>>): Notifier {
    return new Notifier(this.transport, { ...this.options, ...options }, this.#sender);
  }

  audit(context: RequestContext, eventType: string, payload: unknown): Promise<void> {
    return this.notify(context, 'audit', eventType, payload);
  }

  debug(context: RequestContext, eventType: string, payload: unknown): Promise<void> {
    return this.notify(context, 'debug', eventType, payload);
  }

  info(context: RequestContext, eventType: string, payload: unknown): Promise<void> {
    return this.notify(context, 'info', eventType, payload);
  }

  warn(context: RequestContext, eventType: string, payload: unknown): Promise<void> {
    return this.notify(context, 'warn', eventType, payload);
  }

  error(context: RequestContext, eventType: string, payload: unknown): Promise<void> {
    return this.notify(context, 'error', eventType, payload);
  }

  critical(context: RequestContext, eventType: string, payload: unknown): Promise<void> {
    return this.notify(context, 'critical', eventType, payload);
  }

  sample(context: RequestContext, eventType: string, payload: unknown): Promise<void> {
    return this.notify(context, 'sample', eventType, payload);
  }

  async notify(
    context: RequestContext,
    priority: NotificationPriority,
    eventType: string,
    payload: unknown,
  ): Promise<void> {
    const { publisherId, serializer, drivers = ['messagingv2'], topics = ['notifications'], retry = -1 } = this.options;
    const message: NotificationMessage = {
      message_id: randomUUID(),
      publisher_id: publisherId,
      event_type: eventType,
      priority: priority.toUpperCase(),
      payload: serializer?.serializeEntity?.(context, payload) ?? payload,
      timestamp: timestampNow(),
    };
    const own = serializer?.serializeContext?.(context) ?? context;
    const sent: Promise<void>[] = [];
    for (const driver of drivers) {
      if (driver === 'log') this.options.log?.(JSON.stringify(message));
      if (driver !== 'messaging' && driver !== 'messagingv2') continue;
      for (const topic of topics) {
        const envelope = driver === 'messagingv2';
        sent.push(this.#sender.send({ topic, priority, message, context: own, envelope, retry }));
      }
    }
    await Promise.all(sent);
  }
}

/** The clock gives milliseconds; Python's readers expect six digits. */
function timestampNow(): string {
  return `${new Date().toISOString().replace('T', ' ').slice(0, -1)}000`;
}
