import { sql } from 'kysely';

import type { AuthenticationData, RoleData, ScopeArgs, UserData } from '#libs/contracts';
import type { Queries } from '../store/index.js';
import { resolveTrust } from './delegation/authenticate-delegation.js';
import { rolesOf, unauthorized } from './held-roles.js';
import { findActiveDomain, findActiveProject } from './principals.js';

/**
 * The user's permissions in the requested scope. Error Unauthorized for a scope that does not exist, is disabled or in
 * which the user has no role; for `default` the result is unscoped instead.
 */
export async function resolveScope(db: Queries, user: UserData, scope: ScopeArgs): Promise<AuthenticationData> {
  // As in keystone without a configured admin project: each project counts as one.
  const nobody = { user, roles: [], project: null, domain: null, system: null, is_admin_project: true };
  if (scope.kind === 'unscoped') return nobody;
  if (scope.kind === 'trust') return resolveTrust(db, user, scope.trust_id ?? '');
  if (scope.kind === 'default') return (await defaultProject(db, user)) ?? nobody;
  if (scope.kind === 'system') {
    const roles = await rolesOf(db, user.id, sql`h.system = 'all'`);
    return { ...nobody, roles: requireRoles(roles), system: 'all' };
  }
  if (scope.kind === 'domain') {
    const domain = scope.domain === undefined ? null : await findActiveDomain(db, scope.domain);
    if (domain === null) throw unauthorized();
    const roles = await rolesOf(db, user.id, sql`h.domain_id = ${domain.id}`);
    return { ...nobody, roles: requireRoles(roles), domain };
  }
  const project = scope.project === undefined ? null : await findActiveProject(db, scope.project);
  if (project === null) throw unauthorized();
  const roles = await rolesOf(db, user.id, sql`h.project_id = ${project.id}`);
  return { ...nobody, roles: requireRoles(roles), project };
}

async function defaultProject(db: Queries, user: UserData): Promise<AuthenticationData | null> {
  const id = user.default_project_id;
  if (id === null) return null;
  const project = await findActiveProject(db, { id });
  if (project === null) return null;
  const roles = await rolesOf(db, user.id, sql`h.project_id = ${id}`);
  if (roles.length === 0) return null;
  return { user, roles, project, domain: null, system: null, is_admin_project: true };
}

function requireRoles(roles: readonly RoleData[]): readonly RoleData[] {
  if (roles.length === 0) throw unauthorized();
  return roles;
}
