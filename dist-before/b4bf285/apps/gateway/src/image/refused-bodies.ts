import type { FastifyInstance } from 'fastify';

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Every write is refused whatever its body says, so bodies are not read: not the JSON patches and octets that the JSON
 * parser would turn away for their type, nor images of gigabytes. A connection with a body that nobody reads ends.
 */
export function leaveBodiesUnread(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { headers } = request.raw;
    if (WRITES.has(request.method)) {
      if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0) {
        reply.header('connection', 'close');
      }
      delete headers['content-type'];
      delete headers['content-length'];
      delete headers['transfer-encoding'];
    }
    done();
  });
}
