import { sql } from 'kysely';
import { NetworkAvailabilityZone } from '#libs/contracts';
import type { NetworkAvailabilityZoneData } from '#libs/contracts';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { VisibleRows } from '../network-policy.js';

/** A view of the agents: a caller that may see one zone sees all. */
@Manages(NetworkAvailabilityZone)
export class AvailabilityZoneManager extends ResourceManager<NetworkAvailabilityZoneData> {
  protected override visibleRows(): readonly VisibleRows[] {
    return [{ example: {}, condition: sql<boolean>`true` }];
  }
}
