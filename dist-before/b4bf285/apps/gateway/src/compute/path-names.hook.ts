import type { FastifyInstance } from 'fastify';
import { Fault } from '../edge/errors/fault.js';
import { queryOf } from '../edge/query/query.js';

/** Longest id or name of anything in a path. */
const MAX_NAME = 255;

/**
 * Names that nothing can have, since the database cannot hold them: not found in a path, invalid in a query; the worker
 * is not asked. The other APIs name the kind or the parameter themselves.
 */
export function refuseImpossibleNames(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (namesNothing(request.params)) {
      return done(new Fault(404, 'The resource could not be found.', { code: 'NotFound' }));
    }
    // A NUL is rare in a URL, so most queries are not walked.
    const parameter = request.url.includes('%00') ? parameterWithNul(queryOf(request)) : undefined;
    if (parameter === undefined) return done();
    const message = `Invalid input for query parameters ${parameter.slice(0, 64)}. Its value contains a NUL character.`;
    done(new Fault(400, message, { code: 'InvalidInput' }));
  });
}

function namesNothing(params: unknown): boolean {
  if (typeof params !== 'object' || params === null) return false;
  return Object.values(params).some(
    (value) => typeof value === 'string' && (value.length > MAX_NAME || value.includes('\0')),
  );
}

function parameterWithNul(query: Readonly<Record<string, string | readonly string[] | undefined>>): string | undefined {
  return Object.keys(query).find((name) => [query[name] ?? []].flat().some((value) => value.includes('\0')));
}
