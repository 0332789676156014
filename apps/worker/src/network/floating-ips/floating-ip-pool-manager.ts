import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { FloatingIpPool } from '#libs/contracts';
import type { FloatingIpPoolData, ListArgs, Page } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter } from '../../listing/filters.js';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import { resourceTable } from '../../resources/resource-table.js';
import { visibleNetworks } from '../networks/network-table.js';

const table = resourceTable(FloatingIpPool, {
  table: 'subnets',
  alias: 's',
  joins: sql`join networks n on n.id = s.network_id`,
  columns: { subnet_id: sql`s.id`, subnet_name: sql`s.name`, cidr: sql`s.cidr::text`, project_id: sql`''` },
  filters: {
    subnet_id: expressionFilter(sql`s.id`),
    subnet_name: expressionFilter(sql`s.name`),
    cidr: expressionFilter(sql`s.cidr::text`),
  },
});

/** IPv4 subnets of external networks, as pools from which the caller's floating IPs come. */
@Manages(table)
export class FloatingIpPoolManager extends ResourceManager<FloatingIpPoolData> {
  protected override visible(context: RequestContext): RawBuilder<boolean> {
    const { policy } = this.shared;
    if (!policy.allows(context, 'get_floatingip_pool', ownedTarget({ project_id: context.project_id }))) {
      return sql<boolean>`false`;
    }
    return sql<boolean>`(n.router_external and s.ip_version = 4 and ${visibleNetworks(policy, context)})`;
  }

  override async list(context: RequestContext, args: ListArgs): Promise<Page<FloatingIpPoolData>> {
    const page = await super.list(context, args);
    return { ...page, objects: page.objects.map((pool) => ({ ...pool, project_id: context.project_id ?? '' })) };
  }
}
