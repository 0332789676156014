import { randomInt } from 'node:crypto';
import { ExpectedError } from '#libs/contracts';
import type { NetworkInput } from '#libs/contracts';
import { invalidInput } from '../network.errors.js';

/** The segment of a network; `segmentationIds` is the range to choose from if the id is null. */
export interface SegmentPlan {
  readonly type: string;
  readonly physicalNetwork: string | null;
  readonly segmentationId: number | null;
  readonly segmentationIds: readonly [first: number, last: number] | null;
  /** Bytes of the physical network's MTU that the encapsulation needs. */
  readonly overhead: number;
}

interface SegmentType {
  readonly physical: boolean;
  readonly ids: readonly [number, number] | null;
  readonly overhead: number;
}

const TUNNEL_IDS = [1, 2 ** 24 - 1] as const;

const TYPES: Readonly<Record<string, SegmentType>> = {
  local: { physical: false, ids: null, overhead: 0 },
  flat: { physical: true, ids: null, overhead: 0 },
  vlan: { physical: true, ids: [1, 4094], overhead: 0 },
  vxlan: { physical: false, ids: TUNNEL_IDS, overhead: 50 },
  geneve: { physical: false, ids: TUNNEL_IDS, overhead: 58 },
};

/** The type of a network whose request names none. */
const TENANT_NETWORK_TYPE = 'vxlan';

/** Checks the provider attributes. Throws InvalidInput with neutron's texts. */
export function planSegment(input: NetworkInput): SegmentPlan {
  // As in neutron, an empty name counts as absent; so does the id 0 for a type without ids.
  const physicalNetwork = input.provider_physical_network || null;
  const askedId = input.provider_segmentation_id ?? null;
  if ((input.provider_network_type ?? null) === null && (physicalNetwork !== null || askedId !== null)) {
    throw invalidInput('network_type required');
  }
  const type = input.provider_network_type ?? TENANT_NETWORK_TYPE;
  const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (known === undefined) throw invalidInput(`network_type value '${type}' not supported`);
  if (known.physical && physicalNetwork === null) {
    throw invalidInput(`physical_network required for ${type} provider network`);
  }
  if (!known.physical && physicalNetwork !== null) {
    throw invalidInput(`provider:physical_network specified for ${type} network`);
  }
  const segmentationId = known.ids === null && askedId === 0 ? null : askedId;
  if (segmentationId !== null) requireId(type, known, segmentationId);
  return { type, physicalNetwork, segmentationId, segmentationIds: known.ids, overhead: known.overhead };
}

function requireId(type: string, { ids }: SegmentType, id: number): void {
  if (ids === null) throw invalidInput(`segmentation_id specified for ${type} network`);
  if (id < ids[0] || id > ids[1]) {
    throw invalidInput(`segmentation_id out of range (${ids[0]} through ${ids[1]})`);
  }
}

const RANDOM_TRIES = 32;

/**
 * Calls `insert` with segmentation ids until it returns true (false: the id is taken). Errors: SegmentationIdInUse for
 * a requested id, NoNetworkAvailable if no id is free.
 */
export async function withSegmentationId(
  plan: SegmentPlan,
  insert: (segmentationId: number | null) => Promise<boolean>,
): Promise<void> {
  const { segmentationId, segmentationIds } = plan;
  if (segmentationIds === null || segmentationId !== null) {
    if (await insert(segmentationId)) return;
    throw new ExpectedError(
      'SegmentationIdInUse',
      `Unable to create the network. The ${plan.type} segment ${segmentationId} is in use.`,
    );
  }
  const [first, last] = segmentationIds;
  for (let attempt = 0; attempt < RANDOM_TRIES; attempt += 1) {
    if (await insert(randomInt(first, last + 1))) return;
  }
  throw new ExpectedError(
    'NoNetworkAvailable',
    'Unable to create the network. No tenant network is available for allocation.',
  );
}
