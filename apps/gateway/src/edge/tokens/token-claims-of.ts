import type { AuthenticationData } from '#libs/contracts';
import type { TokenClaims } from './token-claims.js';
import { epochSeconds } from './token-subjects.js';
import { newAuditId } from './token-claims.js';

/** The origin of a token: a password now, or another token, whose expiry and chain it inherits. */
export interface TokenOrigin {
  readonly parent?: TokenClaims | undefined;
  /** Seconds since 1970. */
  readonly now: number;
  /** Seconds; ignored with a parent. */
  readonly lifetime: number;
  /** @default 'password' */
  readonly method?: string;
}

/**
 * The claims of a new token from an authentication. A token made from another one never outlives it (keystone's rule).
 */
export function tokenClaimsOf(found: AuthenticationData, origin: TokenOrigin): TokenClaims {
  const { parent, now, lifetime, method = 'password' } = origin;
  const { user, project, domain } = found;
  const ends = [found.application_credential?.expires_at, found.trust?.expires_at].flatMap((end) =>
    end == null ? [] : [Math.floor(epochSeconds(end))],
  );
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
    methods: [...new Set(found.methods ?? (parent === undefined ? [method] : ['token', ...parent.methods]))],
    auditIds: [newAuditId(), ...(first === undefined ? [] : [first])],
    isAdminProject: found.is_admin_project,
    issuedAt: found.authenticated_at === undefined ? now : epochSeconds(found.authenticated_at),
    expiresAt: Math.min(parent?.expiresAt ?? now + lifetime, ...ends),
    ...delegationOf(found),
    ...(user.password_expires_at == null ? {} : { passwordExpiresAt: user.password_expires_at }),
  };
}

function delegationOf({
  application_credential: credential,
  trust,
  access_token: accessToken,
}: AuthenticationData): Pick<TokenClaims, 'applicationCredential' | 'trust' | 'accessToken'> {
  return {
    ...(accessToken === undefined ? {} : { accessToken: { id: accessToken.id, consumerId: accessToken.consumer_id } }),
    ...(credential === undefined
      ? {}
      : {
          applicationCredential: {
            id: credential.id,
            name: credential.name,
            restricted: credential.restricted,
            accessRules: credential.access_rules,
          },
        }),
    ...(trust === undefined
      ? {}
      : {
          trust: {
            id: trust.id,
            trustorId: trust.trustor_user_id,
            trusteeId: trust.trustee_user_id,
            impersonation: trust.impersonation,
          },
        }),
  };
}
