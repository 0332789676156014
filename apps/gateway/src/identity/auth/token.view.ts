import type { ServiceProviderEntry } from '#libs/contracts';
import type { TokenClaims } from '../../edge/tokens/token-claims.js';
import { isoTime } from '../../edge/tokens/token-subjects.js';
import { catalogView } from '../catalog/catalog.js';
import type { CatalogEntry } from '../catalog/catalog.js';

/** The body that describes a token. An unscoped one has neither roles nor catalog. */
export function tokenView(
  claims: TokenClaims,
  catalog: readonly CatalogEntry[] | undefined,
  serviceProviders: readonly ServiceProviderEntry[],
): object {
  const { user, project, domain, system } = claims;
  const isScoped = project !== null || domain !== null || system !== null;
  return {
    token: {
      methods: claims.methods,
      user: {
        domain: { id: user.domain.id, name: user.domain.name },
        id: user.id,
        name: user.name,
        password_expires_at: claims.passwordExpiresAt ?? null,
      },
      audit_ids: claims.auditIds,
      expires_at: tokenTime(claims.expiresAt),
      issued_at: tokenTime(claims.issuedAt),
      ...(project === null
        ? {}
        : {
            project: {
              domain: { id: project.domain.id, name: project.domain.name },
              id: project.id,
              name: project.name,
            },
            is_domain: false,
          }),
      ...(domain === null ? {} : { domain: { id: domain.id, name: domain.name } }),
      ...(system === null ? {} : { system: { all: true } }),
      ...delegationView(claims),
      ...(isScoped ? { roles: claims.roles.map(({ id, name }) => ({ id, name })) } : {}),
      ...(isScoped && catalog !== undefined ? { catalog: catalogView(catalog) } : {}),
      ...(serviceProviders.length > 0 ? { service_providers: serviceProviders } : {}),
    },
  };
}

function delegationView({ applicationCredential: credential, trust, accessToken }: TokenClaims): object {
  return {
    ...(accessToken === undefined
      ? {}
      : { 'OS-OAUTH1': { access_token_id: accessToken.id, consumer_id: accessToken.consumerId } }),
    ...(credential === undefined
      ? {}
      : {
          application_credential: {
            id: credential.id,
            name: credential.name,
            restricted: credential.restricted,
            ...(credential.accessRules.length === 0 ? {} : { access_rules: credential.accessRules }),
          },
        }),
    ...(trust === undefined
      ? {}
      : {
          'OS-TRUST:trust': {
            id: trust.id,
            trustor_user: { id: trust.trustorId },
            trustee_user: { id: trust.trusteeId },
            impersonation: trust.impersonation,
          },
        }),
  };
}

/** Seconds since 1970 in keystone's form, which always has six decimals. */
export function tokenTime(seconds: number): string {
  return isoTime(seconds);
}
