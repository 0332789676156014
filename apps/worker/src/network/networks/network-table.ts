import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { Network } from '#libs/contracts';
import { resourceTable } from '../../resources/resource-table.js';
import { SERVED_NETWORKS, zonesOf } from '../agents/agent-scheduling.js';

/** The address scope of the pool that subnets of one IP version are from: all are from pools of one. */
function scopeOf(version: 4 | 6): RawBuilder<unknown> {
  return sql`(select p.address_scope_id from subnets s join subnetpools p on p.id = s.subnetpool_id
    where s.network_id = n.id and s.ip_version = ${sql.lit(version)} limit 1)`;
}

/** How networks (`n`) are read. */
export const networkTable = resourceTable(Network, {
  alias: 'n',
  columns: {
    ipv4_address_scope: scopeOf(4),
    ipv6_address_scope: scopeOf(6),
    availability_zones: zonesOf(SERVED_NETWORKS, sql`n.id`),
    subnets: sql`array(select s.id from subnets s where s.network_id = n.id order by s.created_at, s.id)`,
  },
});
