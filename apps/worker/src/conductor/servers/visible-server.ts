import type { RequestContext } from '#libs/telemetry';
import type { InstanceRow } from '../../instances/instance-row.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Queries } from '../../store/index.js';
import { seesServer } from './load-server.js';
import { instanceNotFound } from './server-errors.js';

/**
 * A server that the caller may know of, before the policy of a sub-resource is checked.
 * @param withDeleted whether deleted servers are found too. Error: InstanceNotFound
 */
export async function visibleServer(
  db: Queries,
  authorizer: Authorizer,
  context: RequestContext,
  id: string,
  withDeleted = false,
): Promise<InstanceRow> {
  const row = await db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined || (row.deleted && !withDeleted)) throw instanceNotFound(id);
  if (!seesServer(authorizer, context, row)) throw instanceNotFound(id);
  return row;
}
