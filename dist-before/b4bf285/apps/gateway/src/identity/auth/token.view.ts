import type { TokenClaims } from '../../edge/tokens/token-claims.js';
import { isoTime } from '../../edge/tokens/token-subjects.js';
import { catalogView } from '../catalog/catalog.view.js';
import type { CatalogEntry } from '../catalog/catalog.js';

/** The body that describes a token. An unscoped one has neither roles nor catalog. */
export function tokenView(claims: TokenClaims, catalog: readonly CatalogEntry[] | undefined): object {
  const { user, project, domain, system } = claims;
  const isScoped = project !== null || domain !== null || system !== null;
  return {
    token: {
      methods: claims.methods,
      user: {
        domain: { id: user.domain.id, name: user.domain.name },
        id: user.id,
        name: user.name,
        password_expires_at: null,
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
      ...(isScoped ? { roles: claims.roles.map(({ id, name }) => ({ id, name })) } : {}),
      ...(isScoped && catalog !== undefined ? { catalog: catalogView(catalog) } : {}),
    },
  };
}

/** Seconds since 1970 in keystone's form, which always has six decimals. */
export function tokenTime(seconds: number): string {
  return isoTime(seconds);
}
