import { getLogger } from '#libs/telemetry';
import { rpcMetrics } from './rpc-metrics.js';
import type { MessagingObserver } from './messaging-observer.js';

/** Logs under `albireo.messaging` and counts in this process's metrics. */
export function createTelemetryObserver(): Required<MessagingObserver> {
  const log = getLogger('albireo.messaging');
  const metrics = rpcMetrics();
  return {
    callStarted: (topic) => metrics.callsInFlight.inc({ topic }),
    callFinished: (topic, method, outcome, ms, code) => {
      metrics.callsInFlight.dec({ topic });
      metrics.calls.observe({ topic, method, outcome }, ms / 1000);
      if (code !== '') metrics.callErrors.inc({ topic, method, code });
    },
    requestWaited: (topic, ms) => metrics.waits.observe({ topic }, ms / 1000),
    castPublished: (topic) => metrics.casts.inc({ topic }),
    requestStarted: (topic, _method, again) => {
      metrics.inFlight.inc({ topic });
      if (again) metrics.redelivered.inc({ topic });
    },
    requestFinished: (topic, method, ok, ms, code) => {
      metrics.inFlight.dec({ topic });
      metrics.requests.observe({ topic, method, ok: ok ? 'true' : 'false' }, ms / 1000);
      if (code !== '') metrics.requestErrors.inc({ topic, method, code });
    },
    castsWaiting: (queue, count) => metrics.withoutWorker.set({ queue }, count),
    requestDropped: (topic, reason) => metrics.dropped.inc({ topic, reason }),
    messageParked: (topic) => metrics.parked.inc({ topic }),
    unroutable: (exchange, routingKey) => metrics.unroutable.inc({ exchange, routing_key: routingKey }),
    duplicateReply: () => metrics.late.inc(),
    notificationSent: (topic) => metrics.notifications.inc({ topic, outcome: 'sent' }),
    notificationDropped: (topic) => metrics.notifications.inc({ topic, outcome: 'dropped' }),
    healthChanged: () => undefined,
    info: (message, fields) => log.info(message, fields),
    warn: (message, fields) => log.warning(message, fields),
    error: (message, error, fields) => {
      log.error(message, fields);
      log.exception(error instanceof Error ? error : new Error(String(error)), message);
    },
  };
}
