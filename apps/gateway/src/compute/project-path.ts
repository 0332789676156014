import type { FastifyInstance } from 'fastify';
import { Fault } from '../edge/errors/fault.js';
import { queryOf } from '../edge/query/query.js';

/** Longest id or name of anything in a path. */
const MAX_NAME = 255;

/**
 * Names that no object can have, since the database cannot store them: not found in a path, invalid in a query; the
 * worker is not called. The other APIs name the kind or the parameter themselves.
 */
export function refuseImpossibleNames(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    // nova's router matches no path with a slash at its end, except that of the version.
    if (namesNothing(request.params) || /^\/v2(\.1)?\/.+\/$/.test(request.url.split('?', 1)[0] ?? '')) {
      return done(new Fault(404, 'The resource could not be found.', { code: 'NotFound' }));
    }
    // A NUL is rare in a URL, so most queries are not searched.
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

/** nova's form of a project id in a path (`[api] project_id_regex`); no name of a resource has it. */
const WITH_PROJECT = /^\/v2\.1\/([0-9a-f-]{1,64})(\/.*)$/;

/** The API's oldest name: the same without microversions. */
const LEGACY = /^\/v2(\/.*)?$/;

/** The parts of a path that are not part of a route. */
interface RoutedPath {
  readonly path: string;
  readonly projectInPath?: string;
  /** The path began with `/v2`. */
  readonly legacy?: true;
}

/**
 * `/v2.1/{project_id}/servers` is routed as `/v2.1/servers`; the project id is compared with the token's after
 * authentication. `/v2/…` is the same with another name.
 */
export function routedPath(path: string): RoutedPath {
  const legacy = LEGACY.exec(path);
  if (legacy !== null) return { ...routedPath(`/v2.1${legacy[1] ?? ''}`), legacy: true };
  const [, projectInPath, rest] = WITH_PROJECT.exec(path) ?? [];
  return projectInPath === undefined || rest === undefined ? { path } : { path: `/v2.1${rest}`, projectInPath };
}
