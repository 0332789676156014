/** Where a role is held: on one of the three. */
export interface GrantScope {
  readonly project_id?: string | null | undefined;
  readonly domain_id?: string | null | undefined;
  readonly system?: 'all' | null | undefined;
}

/**
 * Names of what a revocation of many tokens is about. A token matches when one of its own subjects is named and it was
 * issued before the revocation. Made only here, for both sides of the bus.
 */
export const revocationSubject = {
  user: (id: string): string => `user:${id}`,
  project: (id: string): string => `project:${id}`,
  /** Everything of a domain: tokens for it, for its projects, and of its users. */
  domain: (id: string): string => `domain:${id}`,
  role: (id: string): string => `role:${id}`,
  /** The tokens of a user for one scope. */
  grant: (userId: string, scope: GrantScope): string => {
    if (scope.project_id != null) return `grant:${userId}:project:${scope.project_id}`;
    return scope.domain_id == null ? `grant:${userId}:system` : `grant:${userId}:domain:${scope.domain_id}`;
  },
};
