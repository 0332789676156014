import { sql } from 'kysely';
import type { HypervisorData, HypervisorListArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter, integerFilter, textFilter } from '../listing/filters.js';
import type { ListDefinition } from '../listing/list-definition.js';
import { listRows } from '../listing/list-rows.js';
import type { Authorizer } from '../policy/authorizer.js';
import { BINARIES } from '../service/service-registry.js';
import type { Store } from '../store/index.js';

/**
 * The compute hosts as operators see them: the resources that the driver offers, and the part that the scheduler has
 * allocated.
 */
export class HypervisorList {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly serviceDownTimeMs: number,
  ) {}

  async list(context: RequestContext, args: HypervisorListArgs): Promise<Page<HypervisorData>> {
    const target = { project_id: context.project_id };
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-hypervisors:list', target);
    const { with_servers: withServers = false, ...list } = args;
    const page = await listRows<HypervisorData>(this.store.db, this.#definition(withServers), sql<boolean>`true`, list);
    return { objects: page.rows, next_marker: page.nextMarker };
  }

  #definition(withServers: boolean): ListDefinition {
    const oldest = sql`business_clock() - ${this.serviceDownTimeMs} * interval '1 millisecond'`;
    return {
      from: sql`compute_nodes n
        join services s on s.host = n.host and s."binary" = ${BINARIES['compute']}
        left join (
          select host, count(*)::int8 as servers, sum(vcpus)::int8 as vcpus, sum(memory)::int8 as memory,
            sum(disk)::int8 as disk
          from allocations group by host
        ) a on a.host = n.host
        left join (
          select host, count(*) filter (where task_state is not null)::int8 as workload,
            jsonb_agg(jsonb_build_object('name', name, 'uuid', id) order by created_at, id) as hosted
          from instances where host is not null and not deleted group by host
        ) i on i.host = n.host`,
      select: sql`n.id, n.number, s.id as service_id, s.number as service_number, n.host, n.node,
        n.hypervisor_type, n.hypervisor_version, n.host_ip, n.cpu_info, n.uptime,
        coalesce(i.workload, 0)::int8 as workload,
        ${withServers ? sql`coalesce(i.hosted, '[]')` : sql`null::jsonb`} as hosted, s.disabled_reason, n.vcpus, n.memory, n.disk,
        coalesce(a.vcpus, 0)::int8 as vcpus_used, coalesce(a.memory, 0)::int8 as memory_used,
        coalesce(a.disk, 0)::int8 as disk_used, coalesce(a.servers, 0)::int8 as servers,
        case when s.disabled then 'disabled' else 'enabled' end as status,
        case when s.updated_at > ${oldest} and not s.forced_down then 'up' else 'down' end as state`,
      id: sql`n.id`,
      filters: {
        id: expressionFilter(sql`n.id`),
        number: integerFilter('n.number'),
        host: textFilter('n.host'),
        node: textFilter('n.node'),
      },
      sortKeys: { id: sql`n.id`, number: sql`n.number`, host: sql`n.host` },
      defaultSort: [{ key: 'host', dir: 'asc' }],
    };
  }
}
