import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';

export type IdentityKind = 'domain' | 'project' | 'user' | 'role' | 'role_assignment';

/**
 * Which rows of a kind a caller sees: all with the policy's leave, those of a domain with a token for that domain, else
 * what is its own. A condition on the alias of the kind's list definition.
 */
export function visibleTo(authorizer: Authorizer, ctx: RequestContext, kind: IdentityKind): RawBuilder<boolean> {
  const rule = `identity:list_${kind}s`;
  if (authorizer.allows(ctx, 'identity', rule, {})) return sql<boolean>`true`;
  const own = ownRows[kind](ctx);
  const domainId = ctx.domain_id;
  if (domainId !== null && authorizer.allows(ctx, 'identity', rule, { 'target.domain_id': domainId })) {
    return sql<boolean>`(${own} or ${rowsOfDomain[kind](domainId)})`;
  }
  return own;
}

const ownRows: Readonly<Record<IdentityKind, (ctx: RequestContext) => RawBuilder<boolean>>> = {
  domain: (ctx) => sql<boolean>`(d.id in (${ctx.user_domain_id}, ${ctx.project_domain_id}, ${ctx.domain_id})
    or exists (select 1 from role_assignments a where a.domain_id = d.id and a.user_id = ${ctx.user_id}))`,
  project: (ctx) => sql<boolean>`(p.id = ${ctx.project_id} or exists (
    select 1 from role_assignments a where a.project_id = p.id and a.user_id = ${ctx.user_id}))`,
  user: (ctx) => sql<boolean>`u.id = ${ctx.user_id}`,
  role: (ctx) => sql<boolean>`r.name = any(${[...ctx.roles]}::text[])`,
  role_assignment: (ctx) => sql<boolean>`a.user_id = ${ctx.user_id}`,
};

const rowsOfDomain: Readonly<Record<IdentityKind, (domainId: string) => RawBuilder<boolean>>> = {
  domain: (domainId) => sql<boolean>`d.id = ${domainId}`,
  project: (domainId) => sql<boolean>`p.domain_id = ${domainId}`,
  user: (domainId) => sql<boolean>`u.domain_id = ${domainId}`,
  role: (domainId) => sql<boolean>`r.domain_id = ${domainId}`,
  role_assignment: (domainId) => sql<boolean>`(a.domain_id = ${domainId} or p.domain_id = ${domainId})`,
};
