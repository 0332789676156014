import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../errors/fault.js';
import { booleanOf } from '../query/query.js';
import type { FilterFactory } from '../pipeline/filter.js';
import type { TokenClaims } from '../tokens/token-claims.js';

/** Headers by which keystonemiddleware tells a service who asks; a client that sends one is lying. */
const IDENTITY_HEADERS = [
  'x-identity-status',
  'x-user-id',
  'x-user-name',
  'x-user-domain-id',
  'x-user-domain-name',
  'x-project-id',
  'x-project-name',
  'x-project-domain-id',
  'x-project-domain-name',
  'x-domain-id',
  'x-domain-name',
  'x-roles',
  'x-is-admin-project',
  'openstack-system-scope',
  'x-service-catalog',
  'x-tenant-id',
  'x-tenant-name',
  'x-tenant',
  'x-user',
  'x-role',
];
const STRIPPED = [...IDENTITY_HEADERS, ...IDENTITY_HEADERS.map((name) => name.replace(/^x-/, 'x-service-'))];

/**
 * `auth_strategy = local`: checks the signed token of our own Identity API. Client-sent identity headers are removed
 * first. A missing or bad token is 401 with `WWW-Authenticate`, as keystonemiddleware answers; with
 * `delay_auth_decision` the request goes on as nobody's.
 */
export const authtoken: FilterFactory = (edge, _api, options) => {
  const isDelayed = booleanOf(options['delay_auth_decision'] ?? 'false') === true;
  const refuse = (request: FastifyRequest): void => {
    if (isDelayed) return;
    const { host, scheme } = request.edge;
    const name = host.replace(/:\d+$/, '');
    const own = `${scheme}://${name}:${edge.settings.ports.identity}`;
    const uri = edge.settings.wwwAuthenticateUri ?? own;
    throw new Fault(401, 'The request you have made requires authentication.', {
      code: 'Unauthorized',
      headers: { 'www-authenticate': `Keystone uri="${uri}"` },
    });
  };
  const accept = (request: FastifyRequest, token: string, claims: TokenClaims | undefined): void => {
    if (claims === undefined) return refuse(request);
    request.edge.claims = claims;
    request.edge.token = token;
  };
  return {
    name: 'authtoken',
    onRequest(request: FastifyRequest, _reply: FastifyReply) {
      const { headers } = request.raw;
      for (const name of STRIPPED) if (headers[name] !== undefined) delete headers[name];
      const token = headers['x-auth-token'];
      if (typeof token !== 'string' || token === '') return refuse(request);
      const claims = edge.verifier.verify(token);
      if (claims instanceof Promise) return claims.then((late) => accept(request, token, late));
      return accept(request, token, claims);
    },
  };
};
