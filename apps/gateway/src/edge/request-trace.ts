import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formatTraceparent, isTracing, readTraceContext, spanOf, startTrace } from '#libs/telemetry';
import { pathOf } from './listener/request-target.js';

/**
 * Adds a request to its client's trace (`traceparent`, `tracestate`) or, if spans are recorded, to a new one; the
 * response names it in `traceresponse`. Does nothing for a request without a trace.
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
  span.set('http.request.method', request.method);
  span.set('url.scheme', edge.scheme);
  // Without the query and the user of an absolute form: they may contain a user's input.
  span.set('url.path', pathOf(request));
  span.set('server.address', edge.host);
  span.set('client.address', edge.clientAddress);
  span.set('user_agent.original', headers['user-agent']);
  span.set('openstack.request_id', edge.requestId);
}

/** Ends the spans of requests; without a collector this has no cost per request. */
export function installTracing(fastify: FastifyInstance): void {
  if (!isTracing()) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    endTrace(request, reply.statusCode, reply.statusCode >= 500 ? String(reply.statusCode) : '');
    done();
  });
  // Fastify reports no response when the client disconnected before it.
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
