import { sql } from 'kysely';
import type { HypervisorData, ListArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter, textFilter } from '../listing/filters.js';
import type { ListDefinition } from '../listing/list-definition.js';
import { listRows } from '../listing/list-rows.js';
import type { Authorizer } from '../policy/authorizer.js';
import { BINARIES } from '../service/service-registry.js';
import type { Store } from '../store/index.js';

/** The compute hosts as operators see them: what the driver offers, and what the scheduler has given away of it. */
export class HypervisorList {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly serviceDownTimeMs: number,
  ) {}

  async list(context: RequestContext, args: ListArgs): Promise<Page<HypervisorData>> {
    const target = { project_id: context.project_id };
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-hypervisors:list', target);
    const page = await listRows<HypervisorData>(this.store.db, this.#definition(), sql<boolean>`true`, args);
    return { objects: page.rows, next_marker: page.nextMarker };
  }

  #definition(): ListDefinition {
    const oldest = sql`clock_timestamp() - ${this.serviceDownTimeMs} * interval '1 millisecond'`;
    return {
      from: sql`compute_nodes n
        join services s on s.host = n.host and s."binary" = ${BINARIES['compute']}
        left join (
          select host, count(*)::int8 as servers, sum(vcpus)::int8 as vcpus, sum(memory)::int8 as memory,
            sum(disk)::int8 as disk
          from allocations group by host
        ) a on a.host = n.host`,
      select: sql`s.id, n.host, n.node, s.disabled_reason, n.vcpus, n.memory, n.disk,
        coalesce(a.vcpus, 0)::int8 as vcpus_used, coalesce(a.memory, 0)::int8 as memory_used,
        coalesce(a.disk, 0)::int8 as disk_used, coalesce(a.servers, 0)::int8 as servers,
        case when s.disabled then 'disabled' else 'enabled' end as status,
        case when s.updated_at > ${oldest} then 'up' else 'down' end as state`,
      id: sql`s.id`,
      filters: { id: expressionFilter(sql`s.id::text`), host: textFilter('n.host'), node: textFilter('n.node') },
      sortKeys: { id: sql`s.id`, host: sql`n.host` },
      defaultSort: [{ key: 'host', dir: 'asc' }],
    };
  }
}
