import type { VirtDriver } from '../drivers/virt-driver.js';
import type { Store } from '../store/index.js';
import { BINARIES } from '../service/service-registry.js';
import type { ServiceRegistry } from '../service/service-registry.js';
import { clock } from '../instances/instance-states.js';
import type { ComputeSettings } from './compute-settings.js';

/** Keeps this host's rows alive: its service, and what it has to give. */
export class ComputeHost {
  constructor(
    private readonly store: Store,
    private readonly driver: VirtDriver,
    private readonly registry: ServiceRegistry,
    private readonly settings: ComputeSettings,
  ) {}

  /** "I am alive, and this is what I have." The scheduler sends nothing to a host that does not say so. */
  async report(): Promise<void> {
    const { host, availabilityZone } = this.settings;
    const resources = await this.driver.resources(host);
    const values = { ...resources, updated_at: clock };
    await this.store.db
      .insertInto('compute_nodes')
      .values({ host, ...values })
      .onConflict((conflict) => conflict.column('host').doUpdateSet(values))
      .execute();
    await this.registry.report(BINARIES['compute'] ?? 'albireo-compute', host, availabilityZone);
  }
}
