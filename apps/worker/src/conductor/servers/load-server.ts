import type { RequestContext } from '#libs/telemetry';
import { lockInstance } from '../../instances/instance-row.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Queries, Transaction } from '../../store/index.js';
import { instanceLocked, instanceNotFound } from './server-errors.js';

/**
 * A server that its caller may know of. For any other server, the error is that it does not exist.
 * Error: InstanceNotFound.
 */
export async function loadServer(
  db: Queries,
  authorizer: Authorizer,
  context: RequestContext,
  id: string,
): Promise<InstanceRow> {
  const row = await db
    .selectFrom('instances')
    .selectAll()
    .where('id', '=', id)
    .where('deleted', '=', false)
    .executeTakeFirst();
  return visible(row, authorizer, context, id);
}

/** Loads the server in the same way and locks it until the transaction ends. */
export async function lockServer(
  tx: Transaction,
  authorizer: Authorizer,
  context: RequestContext,
  id: string,
): Promise<InstanceRow> {
  return visible(await lockInstance(tx, id), authorizer, context, id);
}

/** Checks the policy of an action on a server. Error: PolicyNotAuthorized. */
export function authorizeServer(authorizer: Authorizer, context: RequestContext, row: InstanceRow, rule: string): void {
  authorizer.authorize(context, 'compute', `os_compute_api:servers:${rule}`, policyTarget(row));
}

/** Checks the policy of an operation on its metadata. */
export function authorizeMetadata(
  authorizer: Authorizer,
  context: RequestContext,
  row: InstanceRow,
  rule: string,
): void {
  authorizer.authorize(context, 'compute', `os_compute_api:server-metadata:${rule}`, policyTarget(row));
}

function visible(
  row: InstanceRow | undefined,
  authorizer: Authorizer,
  context: RequestContext,
  id: string,
): InstanceRow {
  if (row === undefined || !seesServer(authorizer, context, row)) throw instanceNotFound(id);
  return row;
}

/**
 * Whether the caller may know that the server exists: the servers of its project (nova's database query), or those that
 * the policy shows to it. What it may do with the server, seeing it included, is decided by the rule of the operation.
 */
export function seesServer(authorizer: Authorizer, context: RequestContext, row: InstanceRow): boolean {
  if (context.is_admin || context.project_id === row.project_id) return true;
  return authorizer.allows(context, 'compute', 'os_compute_api:servers:show', policyTarget(row));
}

function policyTarget(row: InstanceRow): { project_id: string; user_id: string } {
  return { project_id: row.project_id, user_id: row.user_id };
}

/** Error: Conflict, unless the caller is an administrator. */
export function requireUnlocked(context: RequestContext, row: InstanceRow): void {
  if (row.locked && !context.is_admin) throw instanceLocked(row);
}
