import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { NetworkData, NetworkSegmentData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Draft } from '../../resources/drafts.js';
import type { Transaction } from '../../store/index.js';
import type { VisibleRows } from '../network-policy.js';
import { badRequest } from '../network.errors.js';
import { NetworkManager } from '../networks/network-manager.js';
import { planSegment } from '../networks/network-segment.js';
import { addSegment, segmentTable, tellSegments } from './segment-rows.js';

/**
 * Errors besides those of every resource: NetworkNotFound, InvalidInput, SegmentationIdInUse, NoNetworkAvailable,
 * SegmentInUse.
 */
@Manages(segmentTable)
export class SegmentManager extends ResourceManager<NetworkSegmentData> {
  /** Segments belong to the cloud: a caller that may see one sees all. */
  protected override visibleRows(): readonly VisibleRows[] {
    return [{ example: {}, condition: sql<boolean>`true` }];
  }

  protected override async lockParents(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly Draft<NetworkSegmentData>[],
  ): Promise<void> {
    const networks = new Map<string, NetworkData>();
    const manager = this.shared.managers.get(NetworkManager);
    for (const id of [...new Set(drafts.map(networkIdOf))].toSorted()) {
      networks.set(id, await manager.lockVisible(tx, context, id));
    }
    for (const draft of drafts) draft.parent = networks.get(networkIdOf(draft)) ?? {};
  }

  protected override async insert(tx: Transaction, draft: Draft<NetworkSegmentData>): Promise<void> {
    const { id, input, parent } = draft;
    const { project_id: owner } = parent as NetworkData;
    const plan = planSegment({
      provider_network_type: input.network_type ?? '',
      provider_physical_network: input.physical_network ?? null,
      provider_segmentation_id: input.segmentation_id ?? null,
    });
    const { name = null, description = '' } = input;
    await addSegment(tx, networkIdOf(draft), plan, { id, project_id: owner, name, description });
  }

  protected override async afterCreate(tx: Transaction, draft: Draft<NetworkSegmentData>): Promise<void> {
    await tellSegments(tx, networkIdOf(draft));
  }

  protected override async beforeDelete(tx: Transaction, segment: NetworkSegmentData): Promise<void> {
    const subnets = await sql<{ id: string }>`
      select id from subnets where segment_id = ${segment.id} order by id`.execute(tx);
    const ids = subnets.rows.map(({ id }) => id);
    if (ids.length > 0) throw inUse(segment, `The segment is still associated with subnet(s) ${ids.join(', ')}`);
    // Ports are bound to the network's only segment.
    const ports = await sql<{ id: string }>`
      select p.id from ports p where p.network_id = ${segment.network_id} and p.binding_host_id <> ''
        and not exists (select 1 from network_segments o where o.network_id = p.network_id and o.id <> ${segment.id})
      order by p.id`.execute(tx);
    const bound = ports.rows.map(({ id }) => id);
    if (bound.length > 0) throw inUse(segment, `The segment is still bound with port(s) ${bound.join(', ')}`);
  }

  protected override async afterDelete(tx: Transaction, { network_id: id }: NetworkSegmentData): Promise<void> {
    await tellSegments(tx, id);
  }

  /** Locks the network first, as in create. */
  override async lock(tx: Transaction, id: string, mode: 'change' | 'remove'): Promise<boolean> {
    const found = await this.find(tx, id);
    if (found === undefined) return false;
    if (!(await this.shared.managers.get(NetworkManager).lock(tx, found.network_id, 'change'))) return false;
    return super.lock(tx, id, mode);
  }
}

function networkIdOf({ input }: Draft<NetworkSegmentData>): string {
  if (input.network_id === undefined) throw badRequest('segment', 'network_id is required');
  return input.network_id;
}

function inUse({ id }: NetworkSegmentData, reason: string): ExpectedError {
  return new ExpectedError('SegmentInUse', `Segment '${id}' cannot be deleted: ${reason}.`, { id });
}
