import { counter, gauge, getLogger, histogram } from '#libs/telemetry';
import type { MessagingObserver } from './messaging-observer.js';

/** Logs under `albireo.messaging` and counts in this process's metrics. */
export function createTelemetryObserver(): Required<MessagingObserver> {
  const log = getLogger('albireo.messaging');
  const calls = histogram({
    name: 'albireo_rpc_client_call_seconds',
    help: 'Time of RPC calls as their callers see it',
    labels: ['topic', 'method', 'outcome'],
  });
  const requests = histogram({
    name: 'albireo_rpc_server_request_seconds',
    help: 'Time of RPC handlers',
    labels: ['topic', 'method', 'ok'],
  });
  const inFlight = gauge({
    name: 'albireo_rpc_server_requests_in_flight',
    help: 'Handlers that run at the moment',
    labels: ['topic'],
  });
  const redelivered = counter({
    name: 'albireo_rpc_requests_redelivered_total',
    help: 'Messages that the broker gave out before, and that ran again',
    labels: ['topic'],
  });
  const withoutWorker = gauge({
    name: 'albireo_rpc_casts_without_worker',
    help: 'Casts that wait on a topic without consumers, as the process that sends them sees it',
    labels: ['queue'],
  });
  const casts = counter({
    name: 'albireo_rpc_casts_published_total',
    help: 'Casts that the broker confirmed',
    labels: ['topic'],
  });
  const dropped = counter({
    name: 'albireo_rpc_requests_dropped_total',
    help: 'Messages that were not run',
    labels: ['topic', 'reason'],
  });
  const parked = counter({
    name: 'albireo_rpc_messages_parked_total',
    help: 'Messages put aside after they could not be run',
    labels: ['topic'],
  });
  const unroutable = counter({
    name: 'albireo_rpc_casts_unroutable_total',
    help: 'Casts that no queue took',
    labels: ['exchange', 'routing_key'],
  });
  const late = counter({ name: 'albireo_rpc_late_replies_total', help: 'Replies that nobody waited for' });
  const notifications = counter({
    name: 'albireo_notifications_total',
    help: 'Notifications by what became of them: sent or dropped',
    labels: ['topic', 'outcome'],
  });
  return {
    callFinished: (topic, method, outcome, ms) => calls.observe({ topic, method, outcome }, ms / 1000),
    castPublished: (topic) => casts.inc({ topic }),
    requestStarted: (topic, _method, again) => {
      inFlight.inc({ topic });
      if (again) redelivered.inc({ topic });
    },
    requestFinished: (topic, method, ok, ms) => {
      inFlight.dec({ topic });
      requests.observe({ topic, method, ok: String(ok) }, ms / 1000);
    },
    castsWaiting: (queue, count) => withoutWorker.set({ queue }, count),
    requestDropped: (topic, reason) => dropped.inc({ topic, reason }),
    messageParked: (topic) => parked.inc({ topic }),
    unroutable: (exchange, routingKey) => unroutable.inc({ exchange, routing_key: routingKey }),
    duplicateReply: () => late.inc(),
    notificationSent: (topic) => notifications.inc({ topic, outcome: 'sent' }),
    notificationDropped: (topic) => notifications.inc({ topic, outcome: 'dropped' }),
    healthChanged: () => undefined,
    info: (message, fields) => log.info(message, fields),
    warn: (message, fields) => log.warning(message, fields),
    error: (message, error, fields) => {
      log.error(message, fields);
      log.exception(error instanceof Error ? error : new Error(String(error)), message);
    },
  };
}
