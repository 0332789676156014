import type { AuthenticationData } from '#libs/contracts';
import type { TokenClaims } from '../../edge/tokens/token-claims.js';
import { epochSeconds } from '../../edge/tokens/token-subjects.js';
import { newAuditId } from '../../edge/tokens/token-codec.js';

/** Where a token comes from: a password now, or another token, whose life and chain it inherits. */
export interface TokenOrigin {
  readonly parent?: TokenClaims | undefined;
  /** Seconds since 1970. */
  readonly now: number;
  /** Seconds; of no meaning with a parent. */
  readonly lifetime: number;
}

/** What a new token says about an authentication. A token made from another one never outlives it (keystone's rule). */
export function tokenClaimsOf(found: AuthenticationData, origin: TokenOrigin): TokenClaims {
  const { parent, now, lifetime } = origin;
  const { user, project, domain } = found;
  const first = parent?.auditIds.at(-1);
  return {
    user: { id: user.id, name: user.name, domain: { id: user.domain_id, name: user.domain_name } },
    project:
      project === null
        ? null
        : { id: project.id, name: project.name, domain: { id: project.domain_id, name: project.domain_name } },
    domain: domain === null ? null : { id: domain.id, name: domain.name },
    system: found.system,
    roles: found.roles.map((role) => ({ id: role.id, name: role.name })),
    methods: parent === undefined ? ['password'] : [...new Set(['token', ...parent.methods])],
    auditIds: [newAuditId(), ...(first === undefined ? [] : [first])],
    isAdminProject: found.is_admin_project,
    issuedAt: found.authenticated_at === undefined ? now : epochSeconds(found.authenticated_at),
    expiresAt: parent?.expiresAt ?? now + lifetime,
  };
}
