import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { Network } from '#libs/contracts';
import { expressionFilter } from '../../listing/filters.js';
import type { Filter } from '../../listing/list-definition.js';
import { resourceTable } from '../../resources/resource-table.js';
import { SERVED_NETWORKS, zonesOf } from '../agents/agent-scheduling.js';

/** The address scope of the pool that subnets of one IP version are from: all are from pools of one. */
function scopeOf(version: 4 | 6): RawBuilder<unknown> {
  return sql`(select p.address_scope_id from subnets s join subnetpools p on p.id = s.subnetpool_id
    where s.network_id = n.id and s.ip_version = ${sql.lit(version)} limit 1)`;
}

/** A column of the only segment; `segments` is there where there is not just one. */
function ifOne(column: string): RawBuilder<unknown> {
  return sql`case when n.segments is null then n.${sql.ref(column)} end`;
}

/** Networks with a segment of which it is true. */
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
