import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { AuthenticationData, RoleData, ScopeArgs, UserData } from '#libs/contracts';
import type { Queries } from '../store/index.js';
import { findActiveDomain, findActiveProject } from './principals.js';

/** keystone's answer to every failed authentication; which part was wrong is not said. */
export function unauthorized(): ExpectedError {
  return new ExpectedError('Unauthorized', 'The request you have made requires authentication.');
}

/**
 * What a user may do in the scope asked for. Error Unauthorized for a scope that does not exist, is disabled or where
 * the user has no role; only for `default` such a scope becomes an unscoped answer.
 */
export async function resolveScope(db: Queries, user: UserData, scope: ScopeArgs): Promise<AuthenticationData> {
  // As in keystone where no admin project is configured: each project counts as one.
  const nobody = { user, roles: [], project: null, domain: null, system: null, is_admin_project: true };
  if (scope.kind === 'unscoped') return nobody;
  if (scope.kind === 'default') return (await defaultProject(db, user)) ?? nobody;
  if (scope.kind === 'system') {
    const roles = await rolesOf(db, user.id, sql`a.system = 'all'`);
    return { ...nobody, roles: requireRoles(roles), system: 'all' };
  }
  if (scope.kind === 'domain') {
    const domain = scope.domain === undefined ? null : await findActiveDomain(db, scope.domain);
    if (domain === null) throw unauthorized();
    const roles = await rolesOf(db, user.id, sql`a.domain_id = ${domain.id}`);
    return { ...nobody, roles: requireRoles(roles), domain };
  }
  const project = scope.project === undefined ? null : await findActiveProject(db, scope.project);
  if (project === null) throw unauthorized();
  const roles = await rolesOf(db, user.id, sql`a.project_id = ${project.id}`);
  return { ...nobody, roles: requireRoles(roles), project };
}

async function defaultProject(db: Queries, user: UserData): Promise<AuthenticationData | null> {
  const id = user.default_project_id;
  if (id === null) return null;
  const project = await findActiveProject(db, { id });
  if (project === null) return null;
  const roles = await rolesOf(db, user.id, sql`a.project_id = ${id}`);
  if (roles.length === 0) return null;
  return { user, roles, project, domain: null, system: null, is_admin_project: true };
}

/** Roles assigned on `scope` (a condition on `a`) and what they imply, by name. */
async function rolesOf(db: Queries, userId: string, scope: RawBuilder<unknown>): Promise<readonly RoleData[]> {
  const result = await sql<RoleData>`
    with recursive held (role_id) as (
      select a.role_id from role_assignments a where a.user_id = ${userId} and ${scope}
      union
      select i.implied_role_id from implied_roles i join held h on h.role_id = i.prior_role_id
    )
    select r.id, r.name, r.domain_id from roles r join held h on h.role_id = r.id order by r.name`.execute(db);
  return result.rows;
}

function requireRoles(roles: readonly RoleData[]): readonly RoleData[] {
  if (roles.length === 0) throw unauthorized();
  return roles;
}
