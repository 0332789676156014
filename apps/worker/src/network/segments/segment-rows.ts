import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { NetworkInput, ProviderSegment } from '#libs/contracts';
import { NetworkSegment } from '#libs/contracts';
import { insertRow } from '../../resources/resource-rows.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Queries, Transaction } from '../../store/index.js';
import { planSegment, withSegmentationId } from '../networks/network-segment.js';
import type { SegmentPlan } from '../networks/network-segment.js';

/** How segments (`g`) are read. */
export const segmentTable = resourceTable(NetworkSegment, { table: 'network_segments', alias: 'g' });

/** The segments of a new network, in order. Errors: InvalidInput and its kinds. */
export function plannedSegments(input: NetworkInput): readonly [SegmentPlan, ...SegmentPlan[]] {
  const { segments, provider_network_type: type, provider_physical_network: physical } = input;
  const isProvider = type !== undefined || (physical ?? input.provider_segmentation_id ?? null) !== null;
  if (segments === undefined || segments.length === 0) return [planSegment(input)];
  if (isProvider) {
    const text = 'Segments and provider values cannot both be set.';
    throw new ExpectedError('SegmentsSetInConjunctionWithProviders', text);
  }
  const plans = segments.map((segment) => planSegment(inputOf(segment)));
  refuseDuplicates(plans);
  const [first, ...others] = plans;
  // The list is not empty.
  return [first ?? planSegment({}), ...others];
}

function inputOf(segment: ProviderSegment): NetworkInput {
  const type = segment['provider:network_type'];
  return {
    ...(type === undefined ? {} : { provider_network_type: type }),
    provider_physical_network: segment['provider:physical_network'] ?? null,
    provider_segmentation_id: segment['provider:segmentation_id'] ?? null,
  };
}

/** Segments whose id is not yet chosen are never duplicates. */
function refuseDuplicates(plans: readonly SegmentPlan[]): void {
  const whole = plans.filter(
    ({ segmentationId, segmentationIds }) => segmentationId !== null || segmentationIds === null,
  );
  const keys = whole.map(({ type, physicalNetwork, segmentationId }) => `${type} ${physicalNetwork} ${segmentationId}`);
  if (new Set(keys).size === keys.length) return;
  throw new ExpectedError('SegmentsContainDuplicateEntry', 'Duplicate segment entry in request.');
}

/** Bytes of the physical network's MTU that the encapsulation needs, on the segment with the most. */
export function overheadOf({ segments, ...network }: NetworkInput): number {
  // A row has null.
  const several = segments ?? [];
  const inputs = several.length === 0 ? [network] : several.map(inputOf);
  return Math.max(...inputs.map((input) => planSegment(input).overhead));
}

/** Error FlatNetworkInUse: only one flat segment can use a physical network. */
export async function requireFreePhysicalNetwork(
  tx: Transaction,
  { type, physicalNetwork }: SegmentPlan,
): Promise<void> {
  if (type !== 'flat') return;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`flat:${physicalNetwork}`}, 0))`.execute(tx);
  const found = await sql`
    select 1 from network_segments where network_type = ${type} and physical_network = ${physicalNetwork}`.execute(tx);
  if (found.rows.length === 0) return;
  const text = `Unable to create the flat network. Physical network ${physicalNetwork} is in use.`;
  throw new ExpectedError('FlatNetworkInUse', text);
}

/** Whether a network that was just inserted got its first segment; false if another network already has the segment. */
export async function hasSegment(db: Queries, networkId: string): Promise<boolean> {
  const found = await sql`select 1 from network_segments where network_id = ${networkId} limit 1`.execute(db);
  return found.rows.length > 0;
}

/** The fields of a segment that do not describe its location. */
export interface SegmentNames {
  readonly id?: string;
  readonly project_id: string;
  readonly name?: string | null;
  readonly description?: string;
}

/**
 * Adds a segment to a network that the caller has locked. Errors: SegmentationIdInUse, FlatNetworkInUse,
 * NoNetworkAvailable.
 */
export async function addSegment(
  tx: Transaction,
  networkId: string,
  plan: SegmentPlan,
  { id = randomUUID(), project_id: owner, name = null, description = '' }: SegmentNames,
): Promise<void> {
  await requireFreePhysicalNetwork(tx, plan);
  const { rows } = await sql<{ next: number }>`
    select coalesce(max(segment_index), -1) + 1 as next from network_segments where network_id = ${networkId}`.execute(
    tx,
  );
  await withSegmentationId(plan, (segmentationId) =>
    insertRow(
      tx,
      segmentTable,
      {
        id,
        project_id: owner,
        name,
        description,
        network_id: networkId,
        network_type: plan.type,
        physical_network: plan.physicalNetwork,
        segmentation_id: segmentationId,
        segment_index: rows[0]?.next ?? 0,
      },
      'nothing',
    ),
  );
}

/** Updates the network's own columns to its current segments. */
export async function tellSegments(tx: Transaction, networkId: string): Promise<void> {
  await sql`
    update networks n set
      provider_network_type = coalesce(f.network_type, 'local'),
      provider_physical_network = f.physical_network,
      provider_segmentation_id = f.segmentation_id,
      segments = case when f.count = 1 then null else f.segments end,
      updated_at = business_now()
    from (
      select count(*) as count,
        coalesce(jsonb_agg(jsonb_build_object('provider:network_type', g.network_type, 'provider:physical_network',
          g.physical_network, 'provider:segmentation_id', g.segmentation_id) order by g.segment_index), '[]') as segments,
        (array_agg(g.network_type order by g.segment_index))[1] as network_type,
        (array_agg(g.physical_network order by g.segment_index))[1] as physical_network,
        (array_agg(g.segmentation_id order by g.segment_index))[1] as segmentation_id
      from network_segments g where g.network_id = ${networkId}) f
    where n.id = ${networkId}`.execute(tx);
}
