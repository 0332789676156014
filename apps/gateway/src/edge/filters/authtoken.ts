import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiListenOptions, ApiOptions, KeystoneAuthtokenOptions } from '#libs/options';
import { Fault } from '../errors/fault.js';
import { booleanOf } from '../query/query.js';
import type { FilterFactory } from '../pipeline/filter.js';
import { allowsRequest } from '../tokens/access-rules.js';
import '../access/access.decorators.js';
import type { TokenClaims } from '../tokens/token-claims.js';

/** Headers in which keystonemiddleware passes the caller's identity to a service; a client must not send them. */
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

/** Whether the route requires no token. */
export function isOpen({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.access?.kind === 'open';
}

/**
 * Checks the token of a request: with `auth_strategy = local` by its signature, with `keystone` by a call to Keystone.
 * Identity headers sent by the client are removed first. A missing or invalid token is 401 with `WWW-Authenticate`, as
 * in keystonemiddleware; with `delay_auth_decision` the request continues without a user. With a valid service token an
 * expired token of the user is accepted; an invalid service token is 401.
 */
export const authtoken: FilterFactory = (edge, api, options) => {
  const keystone = edge.options.get(KeystoneAuthtokenOptions);
  const { authStrategy } = edge.options.get(ApiOptions);
  const { identityListenPort } = edge.options.get(ApiListenOptions);
  const { serviceTokenRoles, serviceTokenRolesRequired } = keystone;
  // As keystonemiddleware: clients are referred to the service where this service logs in; undefined: Albireo's own
  // Identity API.
  const told = keystone.wwwAuthenticateUri ?? (authStrategy === 'keystone' ? keystone.authUrl : undefined);
  const isDelayed = booleanOf(options['delay_auth_decision'] ?? String(keystone.delayAuthDecision)) === true;
  const refuse = (request: FastifyRequest): void => {
    if (isDelayed) return;
    const { host, scheme } = request.edge;
    const name = host.replace(/:\d+$/, '');
    const own = `${scheme}://${name}:${identityListenPort}`;
    // Keystone names its API, a service the configured URI.
    const uri = api.authenticates === true ? `${own}/v3` : (told ?? own);
    throw new Fault(401, 'The request you have made requires authentication.', {
      code: 'Unauthorized',
      headers: { 'www-authenticate': `Keystone uri="${uri}"` },
    });
  };
  const accept = (request: FastifyRequest, token: string, claims: TokenClaims | undefined): void => {
    if (claims === undefined) return refuse(request);
    const [path = ''] = request.url.split('?', 1);
    if (!allowsRequest(claims, api.name, request.method, path)) return refuse(request);
    request.edge.claims = claims;
    request.edge.token = token;
  };
  const acceptService = async (request: FastifyRequest, token: string, serviceToken: string): Promise<void> => {
    const service = await edge.verifier.verify(serviceToken);
    const isService = service?.roles.some((role) => serviceTokenRoles.includes(role.name)) === true;
    if (service === undefined || (serviceTokenRolesRequired && !isService)) return refuse(request);
    request.edge.serviceClaims = service;
    accept(request, token, await edge.verifier.verify(token, { allowExpired: isService }));
  };
  return {
    name: 'authtoken',
    onRequest(request: FastifyRequest, _reply: FastifyReply) {
      const { headers } = request.raw;
      for (const name of STRIPPED) if (headers[name] !== undefined) delete headers[name];
      const token = headers['x-auth-token'];
      const isGiven = typeof token === 'string' && token !== '';
      // As in keystone's own filter: an invalid token is refused even if no token was required.
      if (isOpen(request) && !(isGiven && api.name === 'identity')) return;
      if (!isGiven) return refuse(request);
      const serviceToken = headers['x-service-token'];
      if (typeof serviceToken === 'string' && serviceToken !== '') return acceptService(request, token, serviceToken);
      const claims = edge.verifier.verify(token);
      if (claims instanceof Promise) return claims.then((late) => accept(request, token, late));
      return accept(request, token, claims);
    },
  };
};
