import type { Delivery } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import type { InstanceCasts } from '../../instances/instance-casts.js';
import { lockInstance } from '../../instances/instance-row.js';
import type { PostgresDeliveryLedger, Store } from '../../store/index.js';

/**
 * Sends a server that still waits for it to a scheduler. A create does this itself: the method serves queued casts of
 * older workers, and other services.
 */
export class BuildStart {
  constructor(
    private readonly store: Store,
    private readonly ledger: PostgresDeliveryLedger,
    private readonly casts: InstanceCasts,
  ) {}

  async begin(context: RequestContext, instanceId: string, delivery: Delivery): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const instance = await lockInstance(tx, instanceId);
        if (instance?.vm_state === 'building' && instance.task_state === 'scheduling') {
          await this.casts.schedule(tx, context, instanceId);
        }
        await this.ledger.completeIn(tx, delivery);
      },
      { name: 'build.start' },
    );
  }
}
