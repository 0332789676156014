import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FixedIp, SubnetData } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { subnetsOf } from '../subnets/subnet-table.js';

/** Whether subnets belong to a routed network: each is on a segment. */
export function areRouted(subnets: readonly SubnetData[]): boolean {
  return subnets.some(({ segment_id: id = null }) => id !== null);
}

/**
 * The subnets of a routed network that a host reaches, by segment, in order. A host reaches the physical networks that
 * its agents report; if they report none, it reaches all. Error HostNotConnectedToAnySegment.
 */
export async function reachedSegments(
  db: Queries,
  networkId: string,
  host: string,
  subnets: readonly SubnetData[],
): Promise<readonly (readonly SubnetData[])[]> {
  const { rows } = await sql<{ id: string }>`
    with told as (
      select jsonb_object_keys(coalesce(a.configurations->'bridge_mappings', '{}') ||
        coalesce(a.configurations->'interface_mappings', '{}') ||
        coalesce(a.configurations->'device_mappings', '{}')) as physical_network
      from agents a where a.host = ${host})
    select g.id from network_segments g
    where g.network_id = ${networkId} and (not exists (select 1 from told)
      or g.physical_network is null or g.physical_network in (select physical_network from told))`.execute(db);
  const reached = new Set(rows.map(({ id }) => id));
  const bySegment = new Map<string, SubnetData[]>();
  for (const subnet of subnets) {
    const { segment_id: id = null } = subnet;
    if (id === null || !reached.has(id)) continue;
    bySegment.set(id, [...(bySegment.get(id) ?? []), subnet]);
  }
  if (bySegment.size > 0) return [...bySegment.values()];
  const text = `Host ${host} is not connected to any segments on routed provider network '${networkId}'.  It should be connected to one.`;
  throw new ExpectedError('HostNotConnectedToAnySegment', text);
}

/** Error FixedIpsSubnetsNotOnSameSegment for addresses on several segments. */
export function requireOneSegment(chosen: Iterable<SubnetData>): void {
  const segments = new Set([...chosen].map(({ segment_id: id = null }) => id));
  if (segments.size < 2) return;
  throw new ExpectedError('FixedIpsSubnetsNotOnSameSegment', 'Cannot allocate addresses from different segments.');
}

/**
 * Error HostNotCompatibleWithFixedIps if a port would be bound to a host that does not reach the segment of its
 * addresses.
 */
export async function requireReachedBy(
  db: Queries,
  port: { readonly id: string; readonly network_id: string; readonly fixed_ips: readonly FixedIp[] },
  host: string,
): Promise<void> {
  const subnets = await subnetsOf(db, port.network_id);
  if (!areRouted(subnets) || port.fixed_ips.length === 0) return;
  const reached = new Set((await reachedSegments(db, port.network_id, host, subnets)).flat().map(({ id }) => id));
  if (port.fixed_ips.every(({ subnet_id: id }) => reached.has(id))) return;
  const text = `Host ${host} is not connected to a segment where the existing fixed_ips on port ${port.id} will function given the routed network topology.`;
  throw new ExpectedError('HostNotCompatibleWithFixedIps', text);
}
