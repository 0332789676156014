import { createContext, setTrace } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { KeystoneAuthtokenOptions } from '#libs/options';
import { Fault } from '../errors/fault.js';
import { booleanOf } from '../query/query.js';
import type { FilterFactory } from '../pipeline/filter.js';
import { isOpen } from './authtoken.js';
import type { TokenClaims } from '../tokens/token-claims.js';

/** The fields of a context that come from a token; the token itself is not included. */
export function contextFromClaims(claims: TokenClaims): Omit<RequestContext, 'request_id' | 'global_request_id'> {
  const roles = claims.roles.map((role) => role.name);
  return {
    user_id: claims.user.id,
    user_name: claims.user.name,
    user_domain_id: claims.user.domain.id,
    project_id: claims.project?.id ?? null,
    project_name: claims.project?.name ?? null,
    project_domain_id: claims.project?.domain.id ?? null,
    domain_id: claims.domain?.id ?? null,
    system_scope: claims.system,
    roles,
    is_admin: roles.some((role) => role.toLowerCase() === 'admin'),
    ...delegationOf(claims),
  };
}

/** nova's keystonecontext: makes the request context of the caller. */
export const keystoneContext: FilterFactory = (edge, _api, options) => {
  const isDelayed =
    booleanOf(
      options['delay_auth_decision'] ?? String(edge.options.get(KeystoneAuthtokenOptions).delayAuthDecision),
    ) === true;
  const known = new WeakMap<TokenClaims, Omit<RequestContext, 'request_id' | 'global_request_id'>>();
  return {
    name: 'keystonecontext',
    onRequest(request) {
      const { edge: state } = request;
      if (state.claims === undefined) {
        if (isDelayed || isOpen(request)) return;
        throw new Fault(401, 'The request you have made requires authentication.', { code: 'Unauthorized' });
      }
      let base = known.get(state.claims);
      if (base === undefined) {
        base = contextFromClaims(state.claims);
        known.set(state.claims, base);
      }
      state.context = createContext({
        ...base,
        request_id: state.requestId,
        global_request_id: state.globalRequestId,
        remote_address: state.sourceAddress,
        ...serviceOf(state.serviceClaims),
      });
      setTrace(state.context, state.trace);
    },
  };
};

/** keystone's context contains the delegation by which a token was issued. */
function delegationOf({ applicationCredential: credential, trust, accessToken }: TokenClaims): Record<string, unknown> {
  return {
    ...(accessToken === undefined ? {} : { access_token_id: accessToken.id }),
    ...(credential === undefined
      ? {}
      : { application_credential_id: credential.id, application_credential_restricted: credential.restricted }),
    ...(trust === undefined ? {} : { trust_id: trust.id }),
  };
}

/** oslo.context's keys of the service that passed the request on. */
function serviceOf(claims: TokenClaims | undefined): Record<string, unknown> {
  if (claims === undefined) return {};
  return {
    service_user_id: claims.user.id,
    service_user_name: claims.user.name,
    service_project_id: claims.project?.id ?? null,
    service_roles: claims.roles.map((role) => role.name),
  };
}
