import { schedulerContract } from '#libs/contracts';
import type { InstanceArgs } from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging';
import type { Delivery } from '#libs/messaging';
import { getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { InstanceCasts } from '../instances/instance-casts.js';
import { InstanceLifecycle } from '../instances/instance-lifecycle.js';
import { lockInstance } from '../instances/instance-row.js';
import { changeInstance } from '../instances/instance-states.js';
import { InstanceNotices } from '../notifications/instance-notices.js';
import { PostgresDeliveryLedger, Store } from '../store/index.js';
import { HostChooser } from './host-chooser.js';

const log = getLogger('albireo.scheduler');

const NO_VALID_HOST = 'No valid host was found. There are not enough hosts available.';

/** Second step of a build: choice, claim, state and the next step's cast are one transaction. */
@RpcEndpoint(schedulerContract)
export class SchedulerEndpoint {
  constructor(
    private readonly store: Store,
    private readonly ledger: PostgresDeliveryLedger,
    private readonly chooser: HostChooser,
    private readonly lifecycle: InstanceLifecycle,
    private readonly casts: InstanceCasts,
    private readonly notices: InstanceNotices,
  ) {}

  @RpcMethod('select_destination')
  async selectDestination(context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    const id = args.instance_uuid;
    await this.store.transaction(
      async (tx) => {
        const instance = await lockInstance(tx, id);
        // A deleted server was freed by its delete: nothing to do here but to forget the cast.
        if (instance?.vm_state === 'building' && instance.task_state === 'scheduling') {
          const chosen = await this.chooser.claim(tx, instance);
          if (chosen === null) {
            log.warning(NO_VALID_HOST, { instance: id });
            await this.lifecycle.failBuild(tx, id, { code: 500, message: NO_VALID_HOST });
          } else {
            const { host, node, zone } = chosen;
            const changes = { host, node, availability_zone: zone, task_state: 'networking' as const };
            await changeInstance(tx, id, { vm_state: ['building'], task_state: ['scheduling'] }, changes);
            await this.casts.toHost(tx, context, host, 'build_and_run_instance', id);
            this.notices.changedAfter(tx, instance, { task_state: 'networking' });
            this.store.afterCommit(tx, () => log.info(`Chose host ${host}`, { instance: id }));
          }
        }
        await this.ledger.completeIn(tx, delivery);
      },
      { name: 'schedule' },
    );
  }
}
