import type { MessageSerializer } from '../message-serializer.js';
import type { NotificationFilter } from './notification-filter.js';
import type { NotificationPriority, ReceivedNotification } from './notification.js';

/** 'requeue' gives the message back, to be delivered again. */
export type NotificationResult = 'handled' | 'requeue';
/** What it returns decides; nothing means handled. Throwing means requeue. */
export type NotificationHandler = (notification: ReceivedNotification) => Promise<NotificationResult | void>;

/** A function for each priority that is wanted. */
export type NotificationEndpoint = {
  readonly [P in NotificationPriority]?: NotificationHandler;
} & {
  readonly filter?: NotificationFilter;
};

export interface NotificationListenerOptions {
  /** Where to listen; an exchange is the transport's control exchange unless given. */
  readonly targets: readonly { readonly topic: string; readonly exchange?: string }[];
  readonly endpoints: readonly NotificationEndpoint[];
  /** Listeners of one pool share the notifications; each pool gets all of them. @default the topics' own queues */
  readonly pool?: string;
  /** Without it 'requeue' and exceptions count as handled, as in oslo. @default false */
  readonly allowRequeue?: boolean;
  /** Notifications at once, not acknowledged yet. @default 64 */
  readonly prefetch?: number;
  /** Wait before a message goes back, so that a failing endpoint does not spin. @default 1000 */
  readonly requeueDelayMs?: number;
  readonly serializer?: MessageSerializer;
}
