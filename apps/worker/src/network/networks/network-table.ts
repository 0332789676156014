import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { NetworkData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { ExpectedError, Network } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { FOREIGN_NETWORK } from '../network-policy.js';
import type { NetworkPolicy } from '../network-policy.js';
import { ALL, EXTERNAL, sharedWith } from '../sharing/shared-rows.js';
import { expressionFilter } from '../../listing/filters.js';
import type { Filter } from '../../listing/list-definition.js';
import { resourceTable } from '../../resources/resource-table.js';
import { SERVED_NETWORKS, zonesOf } from '../agents/agent-scheduling.js';

/** Networks that match a condition on `n`, the oldest first. */
export async function loadNetworks(db: Queries, condition: RawBuilder<boolean>): Promise<readonly NetworkData[]> {
  const result = await sql<NetworkData>`
    select ${networkTable.select} from networks n where ${condition} order by n.created_at, n.id`.execute(db);
  return result.rows;
}

/**
 * One network by its id. `change` locks it against changes until the transaction ends; `remove` also against new
 * subnets and ports that refer to it.
 */
export async function findNetwork(
  db: Queries,
  id: string,
  lock: 'none' | 'change' | 'remove' = 'none',
): Promise<NetworkData | null> {
  const clauses = { none: sql``, change: sql`for no key update of n`, remove: sql`for update of n` };
  const result = await sql<NetworkData>`
    select ${networkTable.select} from networks n where n.id = ${id} ${clauses[lock]}`.execute(db);
  return result.rows[0] ?? null;
}

/** A condition on networks `n` that selects those the caller may see. */
export function visibleNetworks(policy: NetworkPolicy, context: RequestContext): RawBuilder<boolean> {
  return policy.visible(context, 'get_network', [
    policy.ownRows(context, 'n'),
    { example: { ...FOREIGN_NETWORK, shared: true }, condition: sharedWith(context, 'network', 'n') },
    { example: { ...FOREIGN_NETWORK, 'router:external': true }, condition: externalFor(context) },
  ]);
}

/**
 * External networks that are open to the caller; one without any RBAC policy was created by an older worker and is open
 * to all.
 */
export function externalFor(context: RequestContext): RawBuilder<boolean> {
  return sql<boolean>`(n.router_external and coalesce((
    select bool_or(r.target_project in (${ALL}, ${context.project_id ?? ''})) from rbac_policies r
    where r.object_id = n.id and r.action = ${EXTERNAL}), true))`;
}

/**
 * A condition on rows (`alias`) of networks: `which` holds for their network (`n`). The networks are an array, so that
 * an index on the rows can be used together with the other branches of an "or".
 */
export function ofNetworks(alias: string, which: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(`${alias}.network_id`)} = any(array(select n.id from networks n where ${which}))`;
}

/** The smallest MTU of a network with IPv4 subnets (RFC 791), and with IPv6 subnets (RFC 8200). */
const LEAST = { 4: 68, 6: 1280 } as const;

/**
 * Checks that a network's MTU is large enough for subnets of these IP versions. Error NetworkMTUSubnetConflict, as in
 * neutron's db_base_plugin_v2.
 */
export function requireMtuFor(versions: readonly (4 | 6)[], networkId: string, mtu: number): void {
  const least =
    versions.length === 0 ? 0 : mtu < LEAST[4] ? LEAST[4] : Math.max(...versions.map((each) => LEAST[each]));
  if (mtu >= least) return;
  const text = `MTU of ${networkId} is not valid, subnet requires a minimum of ${least}`;
  throw new ExpectedError('NetworkMTUSubnetConflict', text, { network_id: networkId, mtu: least });
}

/** The address scope of a network's subnets of one IP version: all of them come from pools of the same scope. */
function scopeOf(version: 4 | 6): RawBuilder<unknown> {
  return sql`(select p.address_scope_id from subnets s join subnetpools p on p.id = s.subnetpool_id
    where s.network_id = n.id and s.ip_version = ${sql.lit(version)} limit 1)`;
}

/** A column of a network's only segment; NULL if the number of segments is not one (then `segments` is set). */
function ifOne(column: string): RawBuilder<unknown> {
  return sql`case when n.segments is null then n.${sql.ref(column)} end`;
}

/** Networks with a segment that matches the filter. */
function segmentFilter(column: string): Filter {
  const found = expressionFilter(sql`g.${sql.ref(column)}::text`);
  return (values) =>
    sql<boolean>`exists (select 1 from network_segments g where g.network_id = n.id and ${found(values)})`;
}

/** How networks (`n`) are read. */
export const networkTable = resourceTable(Network, {
  alias: 'n',
  columns: {
    ipv4_address_scope: scopeOf(4),
    ipv6_address_scope: scopeOf(6),
    provider_network_type: ifOne('provider_network_type'),
    provider_physical_network: ifOne('provider_physical_network'),
    provider_segmentation_id: ifOne('provider_segmentation_id'),
    segments: sql`case when jsonb_array_length(n.segments) > 1 then n.segments end`,
    l2_adjacency: sql`not exists (select 1 from subnets s where s.network_id = n.id and s.segment_id is not null)`,
    availability_zones: zonesOf(SERVED_NETWORKS, sql`n.id`),
    subnets: sql`array(select s.id from subnets s where s.network_id = n.id order by s.created_at, s.id)`,
  },
  filters: {
    provider_network_type: segmentFilter('network_type'),
    provider_physical_network: segmentFilter('physical_network'),
    provider_segmentation_id: segmentFilter('segmentation_id'),
  },
});
