import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formatTraceparent, isTracing, readTraceContext, spanOf, startTrace } from '#libs/telemetry';

/**
 * Puts a request into its client's trace (`traceparent`, `tracestate`) or, where spans are recorded, into one of its
 * own; the answer names it in `traceresponse`. Does nothing for a request without a trace.
 */
export function beginTrace(request: FastifyRequest, reply: FastifyReply): void {
  const { headers, edge } = request;
  const parent = headers['traceparent'] === undefined ? undefined : readTraceContext(headers);
  const trace = startTrace('server', request.method, parent);
  if (trace === undefined) return;
  edge.trace = trace;
  reply.header('traceresponse', formatTraceparent(trace));
  const span = spanOf(trace);
  if (span === undefined) return;
  const query = request.originalUrl.indexOf('?');
  span.set('http.request.method', request.method);
  span.set('url.scheme', edge.scheme);
  // Without the query: it may hold what a user typed.
  span.set('url.path', query < 0 ? request.originalUrl : request.originalUrl.slice(0, query));
  span.set('server.address', edge.host);
  span.set('client.address', edge.clientAddress);
  span.set('user_agent.original', headers['user-agent']);
  span.set('openstack.request_id', edge.requestId);
}

/** Ends the spans of requests; without a collector no request pays for it. */
export function installTracing(fastify: FastifyInstance): void {
  if (!isTracing()) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    endTrace(request, reply.statusCode, reply.statusCode >= 500 ? String(reply.statusCode) : '');
    done();
  });
  // Fastify tells of no response when the client went away before it.
  fastify.addHook('onRequestAbort', (request, done) => {
    endTrace(request, undefined, 'aborted');
    done();
  });
}

function endTrace(request: FastifyRequest, status: number | undefined, error: string): void {
  const span = spanOf(request.edge.trace);
  if (span === undefined) return;
  const route = request.routeOptions.url;
  if (route !== undefined) {
    span.name = `${request.method} ${route}`;
    span.set('http.route', route);
  }
  span.set('http.response.status_code', status);
  span.set('openstack.project_id', request.edge.context?.project_id ?? undefined);
  span.end(error);
}
