import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { RoleData } from '#libs/contracts';
import type { Queries } from '../store/index.js';

/** keystone's default roles. */
export const DEFAULT_ROLES = ['admin', 'manager', 'member', 'reader', 'service'] as const;

/** A user who holds the first role of a pair also holds the second. */
export const ROLE_IMPLICATIONS = [
  ['admin', 'manager'],
  ['manager', 'member'],
  ['member', 'reader'],
] as const;

export const DEFAULT_DOMAIN = { id: 'default', name: 'Default' } as const;

/** keystone's answer to every failed authentication; it does not say which part was wrong. */
export function unauthorized(): ExpectedError {
  return new ExpectedError('Unauthorized', 'The request you have made requires authentication.');
}

/**
 * Roles held on `scope` (a condition on `h`) and the roles that they imply, sorted by name. Roles of a domain are
 * replaced by the roles that they imply.
 */
export async function rolesOf(db: Queries, userId: string, scope: RawBuilder<unknown>): Promise<readonly RoleData[]> {
  const result = await sql<RoleData>`
    with recursive held (role_id) as (
      select h.role_id from held_roles h where h.user_id = ${userId} and ${scope}
      union
      select i.implied_role_id from implied_roles i join held h on h.role_id = i.prior_role_id
    )
    select r.id, r.name, r.domain_id from roles r join held h on h.role_id = r.id where r.domain_id is null
    order by r.name`.execute(db);
  return result.rows;
}
