import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { NetworkSegmentData } from '#libs/contracts';
import { getRow } from '../../listing/read-rows.js';
import type { Transaction } from '../../store/index.js';
import { segmentTable } from './segment-rows.js';

/** Subnets with this service type are on no segment, whatever the other subnets are on. */
const ROUTED = 'network:routed';

/** A subnet that will be on a segment of its network, or on none. */
export interface PlacedSubnet {
  readonly id: string;
  readonly network_id: string;
  readonly segment_id: string | null;
  readonly service_types: readonly string[];
}

/**
 * Checks that a new subnet may be on the requested segment; the network is locked. Errors: SegmentNotFound,
 * NetworkIdsDontMatch, SubnetsNotAllAssociatedWithSegments.
 */
export async function requireSegmentOfNew(tx: Transaction, subnet: PlacedSubnet): Promise<void> {
  const others = await segmentsOfSubnets(tx, subnet);
  await requireSegment(tx, subnet);
  if (subnet.service_types.includes(ROUTED)) return;
  if (others.every((one) => (one === null) === (subnet.segment_id === null))) return;
  throw notAll(subnet.network_id);
}

/**
 * The same for a subnet whose segment changes. Further errors: SubnetSegmentAssociationChangeNotAllowed,
 * NoUpdateSubnetWhenMultipleSegmentsOnNetwork.
 */
export async function requireSegmentChange(
  tx: Transaction,
  subnet: PlacedSubnet,
  before: string | null,
): Promise<void> {
  if (subnet.segment_id === before) return;
  const others = await segmentsOfSubnets(tx, subnet);
  if (others.length > 0) throw notAll(subnet.network_id);
  if (before !== null) {
    const text = 'A subnet that is already associated with a segment cannot have its segment association changed.';
    throw new ExpectedError('SubnetSegmentAssociationChangeNotAllowed', text);
  }
  const { rows } = await sql`
    select 1 from network_segments where network_id = ${subnet.network_id} limit 2`.execute(tx);
  if (rows.length > 1) {
    const text = `The network '${subnet.network_id}' has multiple segments, it is only possible to associate an existing subnet with a segment on networks with a single segment.`;
    throw new ExpectedError('NoUpdateSubnetWhenMultipleSegmentsOnNetwork', text);
  }
  await requireSegment(tx, subnet);
}

async function segmentsOfSubnets(tx: Transaction, subnet: PlacedSubnet): Promise<readonly (string | null)[]> {
  const { rows } = await sql<{ segment_id: string | null }>`
    select segment_id from subnets
    where network_id = ${subnet.network_id} and id <> ${subnet.id} and not service_types ? ${ROUTED}`.execute(tx);
  return rows.map((row) => row.segment_id);
}

async function requireSegment(tx: Transaction, subnet: PlacedSubnet): Promise<void> {
  const { segment_id: id, network_id: networkId } = subnet;
  if (id === null) return;
  const segment = await getRow<NetworkSegmentData>(tx, segmentTable.list, sql<boolean>`true`, id);
  if (segment === null) throw new ExpectedError('SegmentNotFound', `Segment ${id} could not be found.`, { id });
  if (segment.network_id === networkId) return;
  const text = `The subnet's network id, '${networkId}', doesn't match the network_id of segment '${id}'`;
  throw new ExpectedError('NetworkIdsDontMatch', text);
}

function notAll(networkId: string): ExpectedError {
  const text = `All of the subnets on network '${networkId}' must either all be associated with segments or all not associated with any segment.`;
  return new ExpectedError('SubnetsNotAllAssociatedWithSegments', text);
}
