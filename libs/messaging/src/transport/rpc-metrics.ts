import { counter, gauge, histogram } from '#libs/telemetry';

/** Registers the metrics of the bus, or returns the registered ones. */
export function rpcMetrics() {
  const calls = histogram({
    name: 'albireo_rpc_client_call_seconds',
    help: 'Time of RPC calls as their callers see it',
    labels: ['topic', 'method', 'outcome'],
  });
  const callErrors = counter({
    name: 'albireo_rpc_client_errors_total',
    help: 'RPC calls that failed, by the class of the error as the caller sees it',
    labels: ['topic', 'method', 'code'],
  });
  const callsInFlight = gauge({
    name: 'albireo_rpc_client_calls_in_flight',
    help: 'RPC calls that wait for their replies',
    labels: ['topic'],
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
  const requestErrors = counter({
    name: 'albireo_rpc_server_errors_total',
    help: 'RPC handlers that failed, by the class of the error',
    labels: ['topic', 'method', 'code'],
  });
  const waits = histogram({
    name: 'albireo_rpc_queue_wait_seconds',
    help: 'Age of messages when they are run: their time in outbox and queue, and in the worker before their turn',
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
    aggregator: 'max',
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
    calls,
    callErrors,
    callsInFlight,
    requests,
    inFlight,
    requestErrors,
    waits,
    redelivered,
    withoutWorker,
    casts,
    dropped,
    parked,
    unroutable,
    late,
    notifications,
  };
}
