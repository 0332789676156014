import { getLogger } from '#libs/telemetry';
import type { VirtDriver } from '../drivers/virt-driver.js';
import type { Store } from '../store/index.js';
import { eachAlone } from './each-alone.js';
import type { ComputeSettings } from './compute-host.js';
import { guestOf } from './guest.js';

const log = getLogger('albireo.compute');

/** Removes the guests of servers that were deleted while their host was down, once the host is up again. */
export class LeftoverGuests {
  constructor(
    private readonly store: Store,
    private readonly driver: VirtDriver,
    private readonly settings: ComputeSettings,
  ) {}

  async remove(): Promise<void> {
    const { instanceNameTemplate } = this.settings;
    const { db } = this.store;
    const found = await db
      .selectFrom('leftover_guests')
      .innerJoin('instances', 'instances.id', 'leftover_guests.instance_id')
      .selectAll('instances')
      .select('leftover_guests.host as left_on')
      .where('leftover_guests.host', 'in', this.settings.hosts)
      .execute();
    await eachAlone(found, async ({ left_on: host, ...instance }) => {
      if (!(await this.driver.isUp(host))) return;
      const operation = { task: `leftover-${instance.id}`, signal: new AbortController().signal };
      await this.driver.destroy(guestOf(instance, host, instanceNameTemplate), operation);
      await db.deleteFrom('leftover_guests').where('instance_id', '=', instance.id).where('host', '=', host).execute();
      log.info('Removed the guest of a server that was deleted while this host was down', { instance: instance.id });
    });
  }
}
