import type { MessageSerializer } from '../wire/message-serializer.js';
import type { NotificationPriority, ReceivedNotification } from './notification.js';

type Patterns = Readonly<Record<string, RegExp>>;

/**
 * Which notifications an endpoint wants (oslo_messaging/notify/filter.py): every pattern must match, and a field that
 * is missing or not a text does not match. A pattern that must match from the first character begins with `^`.
 */
export interface NotificationFilter {
  readonly publisherId?: RegExp;
  readonly eventType?: RegExp;
  readonly context?: Patterns;
  readonly metadata?: Patterns;
  readonly payload?: Patterns;
}

function fits(value: unknown, pattern: RegExp | undefined): boolean {
  return pattern === undefined || (typeof value === 'string' && value.search(pattern) >= 0);
}

function allFit(values: unknown, patterns: Patterns | undefined): boolean {
  if (patterns === undefined) return true;
  if (typeof values !== 'object' || values === null) return false;
  return Object.entries(patterns).every(
    ([key, pattern]) => Object.hasOwn(values, key) && fits(Reflect.get(values, key), pattern),
  );
}

export function matchesFilter(filter: NotificationFilter, notification: ReceivedNotification): boolean {
  return (
    fits(notification.publisherId, filter.publisherId) &&
    fits(notification.eventType, filter.eventType) &&
    allFit(notification.context, filter.context) &&
    allFit(notification.metadata, filter.metadata) &&
    allFit(notification.payload, filter.payload)
  );
}

/** 'requeue' returns the message to its queue, to be delivered again. */
export type NotificationResult = 'handled' | 'requeue';
/** The return value decides; undefined means handled. An exception means requeue. */
export type NotificationHandler = (notification: ReceivedNotification) => Promise<NotificationResult | void>;

/** One function for each wanted priority. */
export type NotificationEndpoint = {
  readonly [P in NotificationPriority]?: NotificationHandler;
} & {
  readonly filter?: NotificationFilter;
};

export interface NotificationListenerOptions {
  /** Where to listen; the default exchange is the transport's control exchange. */
  readonly targets: readonly { readonly topic: string; readonly exchange?: string }[];
  readonly endpoints: readonly NotificationEndpoint[];
  /** Listeners of one pool share the notifications; each pool gets all of them. @default the topics' own queues */
  readonly pool?: string;
  /** Without it 'requeue' and exceptions count as handled, as in oslo. @default false */
  readonly allowRequeue?: boolean;
  /** Maximum unacknowledged notifications. @default 64 */
  readonly prefetch?: number;
  /** Wait before a message is requeued, so that a failing endpoint does not spin. @default 1000 */
  readonly requeueDelayMs?: number;
  readonly serializer?: MessageSerializer;
}
