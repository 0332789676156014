import type { FastifyInstance } from 'fastify';
import { Fault } from '../edge/errors/fault.js';

/** Longest id or name of anything in a path. */
const MAX_NAME = 255;

/** No object has such an id or name: not found, and the worker is not asked. The other APIs name the kind themselves. */
export function refuseImpossibleNames(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (!namesNothing(request.params)) return done();
    done(new Fault(404, 'The resource could not be found.', { code: 'NotFound' }));
  });
}

function namesNothing(params: unknown): boolean {
  if (typeof params !== 'object' || params === null) return false;
  return Object.values(params).some(
    (value) => typeof value === 'string' && (value.length > MAX_NAME || value.includes('\0')),
  );
}
