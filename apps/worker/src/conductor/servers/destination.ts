import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ServerCreateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../../policy/authorizer.js';
import { BINARIES } from '../../service/service-registry.js';
import type { Queries } from '../../store/index.js';
import type { RequestSpec } from '../../store/tables/server.tables.js';
import { zoneOfHost } from '../zones.js';

/**
 * The requested destination of new servers: a zone, a host that must pass the filters (2.74), or `zone:host:node`,
 * which skips the filters. Errors: InvalidInput, PolicyNotAuthorized.
 */
export async function requestedDestination(
  db: Queries,
  authorizer: Authorizer,
  context: RequestContext,
  args: ServerCreateArgs,
): Promise<RequestSpec> {
  const [zone, forcedHost, forcedNode, ...rest] = (args.availability_zone ?? '').split(':');
  if (rest.length > 0) throw new ExpectedError('InvalidInput', 'Unable to parse availability_zone');
  const target = { project_id: context.project_id, user_id: context.user_id };
  const isForced = Boolean(forcedHost) || Boolean(forcedNode);
  if (isForced) authorizer.authorize(context, 'compute', 'os_compute_api:servers:create:forced_host', target);
  const isAsked = args.host !== undefined || args.hypervisor_hostname !== undefined;
  if (isAsked) authorizer.authorize(context, 'compute', 'compute:servers:create:requested_destination', target);
  if (isForced && isAsked) {
    throw new ExpectedError(
      'InvalidInput',
      'One mechanism with host and/or hypervisor_hostname and another mechanism with zone:host:node are mutually exclusive.',
    );
  }
  const host = forcedHost || args.host;
  const node = forcedNode || args.hypervisor_hostname;
  if (isAsked) await requireHost(db, host, node);
  if (zone) await requireZone(db, zone);
  return {
    availability_zone: zone || null,
    ...(host ? { host } : {}),
    ...(node ? { node } : {}),
    ...(isForced ? { forced: true } : {}),
    ...(args.scheduler_hints === undefined ? {} : { scheduler_hints: args.scheduler_hints }),
  };
}

/** Error: InvalidInput for an unknown compute host or node. */
export async function requireHost(db: Queries, host: string | undefined, node?: string): Promise<void> {
  let query = db.selectFrom('compute_nodes').select('host').limit(1);
  if (host !== undefined) query = query.where('host', '=', host);
  if (node !== undefined) query = query.where('node', '=', node);
  if ((await query.executeTakeFirst()) !== undefined) return;
  throw new ExpectedError('InvalidInput', `Compute host ${host ?? node ?? ''} could not be found.`);
}

/** Error: InvalidInput for an availability zone that has no compute host. */
export async function requireZone(db: Queries, zone: string): Promise<void> {
  const found = await sql`
    select 1 from services s where s."binary" = ${BINARIES['compute']} and coalesce(${zoneOfHost}, s.zone) = ${zone}
    limit 1`.execute(db);
  if (found.rows.length > 0) return;
  throw new ExpectedError('InvalidInput', 'The requested availability zone is not available', { zone });
}
