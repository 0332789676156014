import { sql } from 'kysely';
import { zoneOfHost } from '../conductor/zones.js';
import { BINARIES } from '../service/service-registry.js';
import type { Transaction } from '../store/index.js';

/** A compute host as filters and weights see it. MiB of memory, GiB of disk. */
export interface HostState {
  readonly host: string;
  readonly node: string;
  readonly zone: string;
  readonly enabled: boolean;
  readonly up: boolean;
  readonly vcpus: number;
  readonly memory: number;
  readonly disk: number;
  readonly vcpus_used: number;
  readonly memory_used: number;
  readonly disk_used: number;
  /** Servers on it, and those of them that something is being done to. */
  readonly servers: number;
  readonly io_ops: number;
  readonly hypervisor_type: string;
  readonly hypervisor_version: number;
  readonly host_ip: string;
  readonly cpu_info: Readonly<Record<string, unknown>>;
  /** The metadata of the aggregates that it is in. */
  readonly aggregates: readonly Readonly<Record<string, string>>[];
}

/** Every compute host, in one statement. */
export async function loadHosts(tx: Transaction, serviceDownTimeMs: number): Promise<readonly HostState[]> {
  const result = await sql<HostState>`
    select n.host, n.node, coalesce(${zoneOfHost}, s.zone) as zone, not s.disabled as enabled,
      s.updated_at > business_clock() - ${serviceDownTimeMs} * interval '1 millisecond' and not s.forced_down as up,
      n.vcpus, n.memory, n.disk, n.hypervisor_type, n.hypervisor_version, n.host_ip, n.cpu_info,
      coalesce(a.vcpus, 0)::int8 as vcpus_used, coalesce(a.memory, 0)::int8 as memory_used,
      coalesce(a.disk, 0)::int8 as disk_used, coalesce(i.servers, 0)::int8 as servers,
      coalesce(i.io_ops, 0)::int8 as io_ops,
      coalesce((select jsonb_agg(g.metadata) from aggregate_hosts h join aggregates g on g.id = h.aggregate_id
        where h.host = n.host), '[]') as aggregates
    from compute_nodes n
    join services s on s.host = n.host and s."binary" = ${BINARIES['compute']}
    left join (
      select host, sum(vcpus) as vcpus, sum(memory) as memory, sum(disk) as disk from allocations group by host
    ) a on a.host = n.host
    left join (
      select host, count(*) as servers, count(*) filter (where task_state is not null) as io_ops
      from instances where host is not null and not deleted group by host
    ) i on i.host = n.host
    order by n.host`.execute(tx);
  return result.rows;
}
