import { sql } from 'kysely';
import { ExpectedError, ServiceProfile } from '#libs/contracts';
import type { ServiceProfileData } from '#libs/contracts';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { Transaction } from '../../store/index.js';
import { serviceProviders } from './service-provider-manager.js';

/** Errors besides those of every resource: ServiceProfileEmpty, ServiceProfileDriverNotFound, ServiceProfileInUse. */
@Manages(ServiceProfile)
export class ServiceProfileManager extends ResourceManager<ServiceProfileData> {
  protected override async beforeCreate(_tx: Transaction, { values }: Draft<ServiceProfileData>): Promise<void> {
    delete values['project_id'];
    const { driver, metainfo } = values;
    if (driver === '' && metainfo === '') {
      const text = 'Service Profile needs either a driver or metainfo.';
      throw new ExpectedError('ServiceProfileEmpty', text);
    }
    this.#requireProvider(String(driver));
  }

  protected override async beforeUpdate(tx: Transaction, { row, input }: Change<ServiceProfileData>): Promise<void> {
    this.#requireProvider(input.driver ?? '');
    await refuseInUse(tx, row.id);
  }

  protected override beforeDelete(tx: Transaction, { id }: ServiceProfileData): Promise<void> {
    return refuseInUse(tx, id);
  }

  #requireProvider(driver: string): void {
    const known = serviceProviders(this.shared.settings.providers.serviceProvider);
    if (driver === '' || known.some(({ id }) => id === driver)) return;
    const text = `Service Profile driver ${driver} could not be found.`;
    throw new ExpectedError('ServiceProfileDriverNotFound', text);
  }
}

async function refuseInUse(tx: Transaction, id: string): Promise<void> {
  const found = await sql`select 1 from flavor_service_profiles where service_profile_id = ${id} limit 1`.execute(tx);
  if (found.rows.length === 0) return;
  throw new ExpectedError('ServiceProfileInUse', `Service Profile ${id} is used by some service instance.`, { id });
}
