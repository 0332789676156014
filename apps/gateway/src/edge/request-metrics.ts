import type { FastifyInstance } from 'fastify';
import { histogram } from '#libs/telemetry';
import type { Histogram } from '#libs/telemetry';

export function httpMetrics(): Histogram {
  return histogram({
    name: 'albireo_http_request_seconds',
    help: 'Time of HTTP requests from their headers to the end of the answer; route "none": a path that no route has',
    labels: ['api', 'method', 'route', 'status'],
  });
}

/** Counts and times every response by API and route. */
export function installMetrics(fastify: FastifyInstance, api: string): void {
  const seconds = httpMetrics();
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, edge } = request;
    const route = request.routeOptions.url ?? 'none';
    const status = String(reply.statusCode);
    seconds.observe({ api, method, route, status }, (performance.now() - edge.startedMs) / 1000);
    done();
  });
}
