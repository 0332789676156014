import { sql } from 'kysely';
import { NetworkIpAvailability } from '#libs/contracts';
import type { AllocationPool, ListArgs, NetworkIpAvailabilityData, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter } from '../../listing/filters.js';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Queries } from '../../store/index.js';
import { parseAddress, parseCidr } from '../ipam/address.js';

interface SubnetUse {
  readonly network_id: string;
  readonly subnet_id: string;
  readonly subnet_name: string;
  readonly ip_version: 4 | 6;
  readonly cidr: string;
  readonly allocation_pools: readonly AllocationPool[];
  readonly used_ips: number;
  readonly used_in_pools: number;
}

const table = resourceTable(NetworkIpAvailability, {
  table: 'networks',
  alias: 'n',
  columns: { network_id: sql`n.id`, network_name: sql`n.name` },
  filters: {
    network_id: expressionFilter(sql`n.id`),
    network_name: expressionFilter(sql`n.name`),
    ip_version: (values) =>
      sql<boolean>`exists (select 1 from subnets s
        where s.network_id = n.id and s.ip_version::text = any(${[...values]}::text[]))`,
  },
  sortKeys: { network_id: sql`n.id` },
});

/** Networks with the number of their addresses, and of those in use. */
@Manages(table)
export class NetworkIpAvailabilityManager extends ResourceManager<NetworkIpAvailabilityData> {
  override async list(context: RequestContext, args: ListArgs): Promise<Page<NetworkIpAvailabilityData>> {
    const page = await super.list(context, args);
    const versions = args.filters?.['ip_version'];
    return { ...page, objects: await withUse(this.shared.store.db, page.objects, versions) };
  }

  override async get(
    context: RequestContext,
    id: string,
    db: Queries = this.shared.store.db,
  ): Promise<NetworkIpAvailabilityData> {
    const row = await super.get(context, id, db);
    const [complete = row] = await withUse(db, [row]);
    return complete;
  }
}

async function withUse(
  db: Queries,
  networks: readonly NetworkIpAvailabilityData[],
  versions?: readonly string[],
): Promise<readonly NetworkIpAvailabilityData[]> {
  const ids = networks.map(({ id }) => id);
  const { rows } = await sql<SubnetUse>`
    select s.network_id, s.id as subnet_id, s.name as subnet_name, s.ip_version, s.cidr::text as cidr,
      s.allocation_pools, (select count(*) from ip_allocations a where a.subnet_id = s.id)::int as used_ips,
      (select count(*) from ip_allocations a where a.subnet_id = s.id and exists (
        select 1 from jsonb_array_elements(s.allocation_pools) p
        where a.ip_address between (p->>'start')::inet and (p->>'end')::inet))::int as used_in_pools
    from subnets s where s.network_id = any(${ids}::text[])
      ${versions === undefined ? sql`` : sql`and s.ip_version::text = any(${[...versions]}::text[])`}
    order by s.created_at, s.id`.execute(db);
  return networks.map((network) => {
    const subnets = rows.filter(({ network_id: id }) => id === network.id).map(withDetails);
    return {
      ...network,
      total_ips: sumOf(subnets.map(({ total_ips: total }) => total)),
      used_ips: subnets.reduce((sum, subnet) => sum + subnet.used_ips, 0),
      subnet_ip_availability: subnets,
      ip_availability_details: Object.fromEntries(
        DETAILS.map((name) => [name, sumOf(subnets.map(({ ip_availability_details: own }) => own[name]))]),
      ),
    };
  });
}

const DETAILS = [
  'total_ips_in_subnet',
  'total_ips_in_allocation_pool',
  'used_ips_in_subnet',
  'used_ips_in_allocation_pool',
] as const;

function withDetails({ network_id: _id, allocation_pools: pools, used_in_pools: inPools, ...subnet }: SubnetUse) {
  const total = sizeOf(pools);
  const bits = BigInt((subnet.ip_version === 4 ? 32 : 128) - prefixOf(subnet.cidr));
  // Without the network address and the broadcast address.
  const all = exactly(2n ** bits - (subnet.ip_version === 4 ? 2n : 0n));
  return {
    ...subnet,
    total_ips: total,
    ip_availability_details: {
      total_ips_in_subnet: all,
      total_ips_in_allocation_pool: total,
      used_ips_in_subnet: subnet.used_ips,
      used_ips_in_allocation_pool: inPools,
    },
  };
}

function prefixOf(cidr: string): number {
  return parseCidr(cidr)?.prefix ?? 0;
}

/** A number if it is exact, otherwise a bigint. */
function exactly(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function sumOf(values: readonly (number | bigint)[]): number | bigint {
  return exactly(values.reduce((sum: bigint, value) => sum + BigInt(value), 0n));
}

function sizeOf(pools: readonly AllocationPool[]): number | bigint {
  let size = 0n;
  for (const { start, end } of pools) {
    size += (parseAddress(end)?.value ?? 0n) - (parseAddress(start)?.value ?? 0n) + 1n;
  }
  return exactly(size);
}
