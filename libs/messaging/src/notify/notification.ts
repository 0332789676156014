import type { RequestContext } from '#libs/telemetry';

/** oslo's names; the queue of a topic's notifications is `<topic>.<priority>`. */
export const notificationPriorities = ['audit', 'debug', 'info', 'warn', 'error', 'critical', 'sample'] as const;
export type NotificationPriority = (typeof notificationPriorities)[number];

/** An event, as it is sent (oslo_messaging/notify/notifier.py). */
export interface NotificationMessage {
  /** A UUID with dashes. */
  readonly message_id: string;
  /** `service.host`, as `compute.host1`. */
  readonly publisher_id: string;
  /** As `compute.instance.create.end`. */
  readonly event_type: string;
  /** In upper case. */
  readonly priority: string;
  readonly payload: unknown;
  /** UTC without zone: `2026-11-21 20:36:14.246712`. */
  readonly timestamp: string;
}

export interface NotificationMetadata {
  readonly message_id: string;
  readonly timestamp: string;
}

/** The argument of a listener's function. */
export interface ReceivedNotification {
  readonly context: RequestContext;
  readonly publisherId: string;
  readonly eventType: string;
  readonly priority: NotificationPriority;
  readonly payload: unknown;
  readonly metadata: NotificationMetadata;
}
