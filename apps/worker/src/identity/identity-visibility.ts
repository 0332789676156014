import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import type { IdentityPolicy } from './identity-policy.js';

export type ListedKind = 'domain' | 'project' | 'user' | 'role' | 'role_assignment';

/**
 * Which rows of a kind a list shows: all, and to a token for a domain those of that domain alone, an administrator's
 * included. Roles of all domains belong to none. A condition on the alias of the kind's list definition.
 * Error PolicyNotAuthorized.
 */
export function listedRows(policy: IdentityPolicy, ctx: RequestContext, kind: ListedKind): RawBuilder<boolean> {
  const { domain_id: domainId } = ctx;
  policy.authorize(ctx, `list_${kind}s`, domainId === null ? {} : targetOf(kind, domainId));
  return domainId === null ? sql<boolean>`true` : rowsOfDomain[kind](domainId);
}

function targetOf(kind: ListedKind, domainId: string): Readonly<Record<string, unknown>> {
  return kind === 'domain' ? { domain: { id: domainId } } : { domain_id: domainId };
}

const rowsOfDomain: Readonly<Record<ListedKind, (domainId: string) => RawBuilder<boolean>>> = {
  domain: (domainId) => sql<boolean>`d.id = ${domainId}`,
  project: (domainId) => sql<boolean>`p.domain_id = ${domainId}`,
  user: (domainId) => sql<boolean>`u.domain_id = ${domainId}`,
  role: () => sql<boolean>`true`,
  role_assignment: (domainId) => sql<boolean>`(a.domain_id = ${domainId} or p.domain_id = ${domainId})`,
};
