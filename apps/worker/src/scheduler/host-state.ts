import { sql } from 'kysely';
import { getLogger } from '#libs/telemetry';
import { zoneOfHost } from '../conductor/zones.js';
import { BINARIES } from '../service/service-registry.js';
import type { Transaction } from '../store/index.js';

const log = getLogger('albireo.scheduler');

/** A compute host as filters and weights see it. Memory in MiB, disk in GiB. */
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
  /** The number of servers on it; 0 if they were not counted. */
  readonly servers: number;
  /** The number of its servers that have a task in progress. */
  readonly io_ops: number;
  /** Builds that failed on it since the last that did not. */
  readonly failed_builds: number;
  readonly hypervisor_type: string;
  readonly hypervisor_version: number;
  readonly host_ip: string;
  readonly cpu_info: Readonly<Record<string, unknown>>;
  /** The metadata of the host's aggregates. */
  readonly aggregates: readonly Readonly<Record<string, string>>[];
}

export interface HostQuestion {
  readonly serviceDownTimeMs: number;
  /**
   * Whether to count the servers of each host; otherwise they are 0. This is the only part whose cost grows with the
   * number of servers.
   */
  readonly servers: boolean;
  /** Count them also if an aggregate's metadata has one of these keys. */
  readonly serversIfKeys: readonly string[];
}

const counted = sql`(select count(*) from instances i where i.host = n.host and not i.deleted)`;

/** All compute hosts, in one statement. */
export async function loadHosts(
  tx: Transaction,
  { serviceDownTimeMs, servers, serversIfKeys }: HostQuestion,
): Promise<readonly HostState[]> {
  const countedIfKeys = sql`case when exists (select 1 from aggregates where jsonb_exists_any(metadata, ${serversIfKeys}::text[]))
    then ${counted} else 0 end`;
  const result = await sql<HostState>`
    select n.host, n.node, coalesce(${zoneOfHost}, s.zone) as zone, not s.disabled as enabled,
      s.updated_at > business_clock() - ${serviceDownTimeMs} * interval '1 millisecond' and not s.forced_down as up,
      n.vcpus, n.memory, n.disk, n.hypervisor_type, n.hypervisor_version, n.host_ip, n.cpu_info,
      n.failed_builds,
      coalesce(u.vcpus, 0)::int8 as vcpus_used, coalesce(u.memory, 0)::int8 as memory_used,
      coalesce(u.disk, 0)::int8 as disk_used, ${servers ? counted : countedIfKeys}::int8 as servers,
      coalesce(i.io_ops, 0)::int8 as io_ops,
      coalesce((select jsonb_agg(g.metadata) from aggregate_hosts h join aggregates g on g.id = h.aggregate_id
        where h.host = n.host), '[]') as aggregates
    from compute_nodes n
    join services s on s.host = n.host and s."binary" = ${BINARIES['compute']}
    left join host_usage u on u.host = n.host
    left join (
      select host, count(*) as io_ops from instances
      where task_state is not null and host is not null and not deleted group by host
    ) i on i.host = n.host
    order by n.host`.execute(tx);
  return result.rows;
}

/** The values of a key in a host's aggregates; one aggregate may have several, separated by commas. */
export function valuesOfAggregates(host: HostState, key: string): readonly string[] {
  return host.aggregates
    .flatMap((metadata) => (metadata[key] ?? '').split(','))
    .map((value) => value.trim())
    .filter(Boolean);
}

/** The least of its aggregates' values for an option, otherwise the option's own (nova's validate_num_values). */
export function leastOfAggregates(host: HostState, option: string, own: number): number {
  const values = valuesOfAggregates(host, option);
  if (values.length === 0) return own;
  const numbers = values.map(Number);
  if (numbers.every(Number.isFinite)) return Math.min(...numbers);
  log.warning(`${option} of an aggregate of ${host.host} is not a number: ${JSON.stringify(values)}`);
  return own;
}
