import { sql } from 'kysely';
import { ExpectedError, NetworkFlavor } from '#libs/contracts';
import type { NetworkFlavorData, ServiceProfileData } from '#libs/contracts';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Draft } from '../../resources/drafts.js';
import type { ActionHandler } from '../../resources/resource-manager.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Queries, Transaction } from '../../store/index.js';
import { ServiceProfileManager } from './service-profile-manager.js';
import { serviceProviders } from './service-provider-manager.js';

/** The provider of an object that has a flavor. */
export interface NextProvider {
  readonly provider: string;
  readonly driver: string;
}

/**
 * Errors besides those of every resource: ServiceProfileNotFound, FlavorServiceProfileBindingExists,
 * FlavorServiceProfileBindingNotFound, ServiceProfileDisabled, ServiceProfileDriverNotFound, FlavorInUse.
 */
@Manages(
  resourceTable(NetworkFlavor, {
    table: 'network_flavors',
    alias: 'v',
    columns: {
      service_profiles: sql`array(
        select b.service_profile_id from flavor_service_profiles b where b.flavor_id = v.id order by b.position)`,
    },
  }),
)
export class FlavorManager extends ResourceManager<NetworkFlavorData> {
  protected override readonly actions: Readonly<Record<string, ActionHandler<NetworkFlavorData>>> = {
    add_service_profile: async (tx, flavor, { id }) => {
      const profiles = this.shared.managers.get(ServiceProfileManager);
      if (!(await profiles.lock(tx, String(id), 'change'))) throw profiles.notFound(String(id));
      const added = await sql`
        insert into flavor_service_profiles (flavor_id, service_profile_id) values (${flavor.id}, ${id})
        on conflict do nothing`.execute(tx);
      if (added.numAffectedRows === 1n) return { service_profile: { id } };
      throw new ExpectedError(
        'FlavorServiceProfileBindingExists',
        `Service Profile ${String(id)} is already associated with flavor ${flavor.id}.`,
      );
    },
    remove_service_profile: async (tx, flavor, { service_profile_id: id }) => {
      const removed = await sql`
        delete from flavor_service_profiles
        where flavor_id = ${flavor.id} and service_profile_id = ${id}`.execute(tx);
      if (removed.numAffectedRows !== 1n) throw notAssociated(flavor.id, String(id));
    },
    next_providers: async (tx, flavor) => ({ next_providers: [await this.nextProvider(tx, flavor.id)] }),
  };

  /** The provider of the first profile that was added to a flavor. */
  async nextProvider(db: Queries, flavorId: string): Promise<NextProvider> {
    const { rows } = await sql<Pick<ServiceProfileData, 'driver' | 'enabled'>>`
      select p.driver, p.enabled from flavor_service_profiles b join service_profiles p on p.id = b.service_profile_id
      where b.flavor_id = ${flavorId} order by b.position limit 1`.execute(db);
    const [profile] = rows;
    if (profile === undefined) throw notAssociated(flavorId, '');
    if (!profile.enabled) throw new ExpectedError('ServiceProfileDisabled', 'Service Profile is not enabled.');
    const { serviceProvider } = this.shared.settings.providers;
    const provider = serviceProviders(serviceProvider).find(({ id }) => id === profile.driver);
    if (provider !== undefined) return { driver: profile.driver, provider: provider.name };
    const text = `Service Profile driver ${profile.driver} could not be found.`;
    throw new ExpectedError('ServiceProfileDriverNotFound', text);
  }

  protected override async beforeCreate(_tx: Transaction, { values }: Draft<NetworkFlavorData>): Promise<void> {
    delete values['project_id'];
  }

  protected override async beforeDelete(tx: Transaction, { id }: NetworkFlavorData): Promise<void> {
    const found = await sql`select 1 from routers where flavor_id = ${id} limit 1`.execute(tx);
    if (found.rows.length === 0) return;
    throw new ExpectedError('FlavorInUse', `NetworkFlavor ${id} is used by some service instance.`, { id });
  }
}

function notAssociated(flavorId: string, profileId: string): ExpectedError {
  const text = `Service Profile ${profileId} is not associated with flavor ${flavorId}.`;
  return new ExpectedError('FlavorServiceProfileBindingNotFound', text);
}
