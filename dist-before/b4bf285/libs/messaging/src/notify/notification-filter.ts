import type { ReceivedNotification } from './notification.js';

type Patterns = Readonly<Record<string, RegExp>>;

/**
 * Which notifications an endpoint wants (oslo_messaging/notify/filter.py): every pattern must fit, and a field that is
 * missing or not a text does not. A pattern that shall fit from the first character begins with `^`.
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
