import { readTraceContext, setTrace, spanOf, startTrace } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import type { Work } from './work.js';

/** Makes the run of a request part of the trace that its message's headers name, with a span where it is recorded. */
export function enterTrace(work: Work, topic: string, context: RequestContext): void {
  const headers = work.messages[0]?.headers;
  if (headers?.['traceparent'] === undefined) return;
  const { request } = work;
  const parent = readTraceContext(headers);
  if (parent === undefined) return;
  const isCall = request.msgId !== null;
  const trace = startTrace(isCall ? 'server' : 'consumer', `${topic}/${request.method}`, parent);
  setTrace(context, trace);
  if (context !== request.context) setTrace(request.context, trace);
  const span = spanOf(trace);
  work.span = span;
  if (span === undefined) return;
  span.set('rpc.system.name', 'oslo.messaging');
  span.set('rpc.method', span.name);
  span.set('openstack.request_id', request.context.request_id);
  if (isCall) return;
  span.set('messaging.system', 'rabbitmq');
  span.set('messaging.operation.type', 'process');
  span.set('messaging.message.id', work.uniqueId);
  if (work.attempts > 1) span.set('albireo.attempt', work.attempts);
}
