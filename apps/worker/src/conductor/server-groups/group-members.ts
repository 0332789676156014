import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ServerCreateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Quotas } from '../../quota/quotas.js';
import type { Transaction } from '../../store/index.js';

/**
 * The group that the scheduler hint `group` of a create names, with room for the new servers. Its row is locked, so
 * that concurrent creates count these servers too. Null without the hint. Errors: InvalidInput, QuotaExceeded.
 */
export async function joinGroup(
  tx: Transaction,
  quotas: Quotas,
  context: RequestContext,
  args: ServerCreateArgs,
): Promise<string | null> {
  const id = hintedGroup(args.scheduler_hints?.['group']);
  if (id === null) return null;
  const group = await tx
    .selectFrom('instance_groups')
    .select(['id', 'project_id', 'user_id'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (group === undefined || (group.project_id !== context.project_id && !context.is_admin)) {
    throw new ExpectedError('InvalidInput', `Instance group ${id} could not be found.`);
  }
  const { server_group_members: limit } = await quotas.limits(tx, 'compute', group.project_id);
  if (limit < 0) return id;
  const counted = await sql<{ members: number }>`
    select count(*)::int8 as members from instances
    where server_group_id = ${id} and user_id = ${context.user_id ?? ''} and not deleted`.execute(tx);
  if ((counted.rows[0]?.members ?? 0) + args.max_count > limit) {
    throw new ExpectedError('QuotaExceeded', 'Quota exceeded, too many servers in group', {
      overs: ['server_group_members'],
    });
  }
  return id;
}

/** An old client that repeats the hint in the query sends a list: the first value counts, as in nova. */
function hintedGroup(hint: unknown): string | null {
  const first: unknown = Array.isArray(hint) ? hint[0] : hint;
  return typeof first === 'string' ? first.toLowerCase() : null;
}
