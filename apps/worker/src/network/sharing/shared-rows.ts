import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Transaction } from '../../store/index.js';

/** All projects, as the target of an RBAC policy. */
export const ALL = '*';

export const SHARED = 'access_as_shared';
export const EXTERNAL = 'access_as_external';

/**
 * Ids of the objects of a type that RBAC policies share with the caller's project: an array, so that indexes can be
 * used.
 */
export function sharedIds(context: RequestContext, objectType: string, action: string): RawBuilder<unknown> {
  return sql`array(select r.object_id from rbac_policies r
    where r.target_project = ${context.project_id ?? ''} and r.object_type = ${objectType} and r.action = ${action})`;
}

/** A condition on rows: shared with all projects, or with the caller's project. */
export function sharedWith(context: RequestContext, objectType: string, alias: string): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(`${alias}.shared`)}
    or ${sql.ref(`${alias}.id`)} = any(${sharedIds(context, objectType, SHARED)}))`;
}

/** Rows as a caller sees them: `shared` is also true if an RBAC policy shares a row with the caller's project only. */
export async function markShared<R extends { readonly id: string; readonly project_id: string }>(
  db: Queries,
  context: RequestContext,
  objectType: string,
  rows: readonly R[],
): Promise<readonly R[]> {
  const asked = rows.filter((row) => Reflect.get(row, 'shared') === false && row.project_id !== context.project_id);
  if (asked.length === 0) return rows;
  const { rows: found } = await sql<{ object_id: string }>`
    select object_id from rbac_policies
    where object_id = any(${asked.map(({ id }) => id)}::text[]) and object_type = ${objectType}
      and action = ${SHARED} and target_project = ${context.project_id ?? ''}`.execute(db);
  const named = new Set(found.map((row) => row.object_id));
  return named.size === 0 ? rows : rows.map((row) => (named.has(row.id) ? { ...row, shared: true } : row));
}

/** An object of a type that can have RBAC policies. */
export interface SharedObject {
  readonly type: string;
  readonly id: string;
  readonly project_id: string;
}

/** Opens an object to all projects, by a policy of its owner; an existing policy stays. */
export async function openToAll(tx: Transaction, object: SharedObject, action: string): Promise<void> {
  await sql`
    insert into rbac_policies (id, project_id, object_type, object_id, target_project, action)
    values (gen_random_uuid()::text, ${object.project_id}, ${object.type}, ${object.id}, ${ALL}, ${action})
    on conflict do nothing`.execute(tx);
}

/** Deletes the policies of an object: all of them, or those with the given action or target. */
export async function removePolicies(
  tx: Transaction,
  id: string,
  which: { readonly action?: string; readonly target?: string } = {},
): Promise<void> {
  const { action, target } = which;
  await sql`
    delete from rbac_policies where object_id = ${id}
    ${action === undefined ? sql`` : sql`and action = ${action}`}
    ${target === undefined ? sql`` : sql`and target_project = ${target}`}`.execute(tx);
}
