import { PlacementExplanation, schedulerContract } from '#libs/contracts';
import type { InstanceArgs, PlacementExplanationData, VersionedObject } from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { Delivery } from '#libs/messaging';
import { getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { instanceNotFound } from '../conductor/servers/server-errors.js';
import { InstanceCasts } from '../instances/instance-casts.js';
import { InstanceLifecycle } from '../instances/instance-lifecycle.js';
import { lockInstance } from '../instances/instance-row.js';
import { changeInstance } from '../instances/instance-states.js';
import { InstanceNotices } from '../notifications/instance-notices.js';
import { Authorizer } from '../policy/authorizer.js';
import { PostgresDeliveryLedger, Store } from '../store/index.js';
import { ANY_HOST, HostChooser } from './host-chooser.js';

const log = getLogger('albireo.scheduler');

/** nova.exception.MaxRetriesExceeded. */
const RETRIES_EXCEEDED =
  'Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures for instance';
const NO_VALID_HOST = 'No valid host was found. There are not enough hosts available.';

/**
 * The second step of a build: the choice of a host, the claim, the state and the next step's cast are one transaction.
 */
@RpcEndpoint(schedulerContract)
export class SchedulerEndpoint {
  constructor(
    private readonly store: Store,
    private readonly ledger: PostgresDeliveryLedger,
    private readonly chooser: HostChooser,
    private readonly lifecycle: InstanceLifecycle,
    private readonly casts: InstanceCasts,
    private readonly notices: InstanceNotices,
    private readonly authorizer: Authorizer,
  ) {}

  @RpcMethod('select_destination')
  async selectDestination(context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    const id = args.instance_uuid;
    await this.store.transaction(
      async (tx) => {
        const locked = lockInstance(tx, id);
        const hosts = this.chooser.hosts(tx);
        const instance = await locked;
        // The delete of a server has freed its resources: only the cast has to be completed.
        if (instance?.vm_state === 'building' && instance.task_state === 'scheduling') {
          const chosen = await this.chooser.claim(tx, instance, ANY_HOST, hosts);
          if (chosen === null) {
            const tried = instance.request_spec.tried_hosts ?? [];
            const message = tried.length === 0 ? NO_VALID_HOST : `${RETRIES_EXCEEDED} ${id}.`;
            log.warning(message, { instance: id });
            await this.lifecycle.failBuild(tx, id, { code: 500, message });
          } else {
            const { host, node, zone, alternates } = chosen;
            const spec = JSON.stringify({ ...instance.request_spec, alternates });
            const placed = { host, node, availability_zone: zone, request_spec: spec };
            const changes = { ...placed, task_state: 'networking' as const };
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

  @RpcMethod('explain_destination')
  async explainDestination(
    context: RequestContext,
    { instance_uuid: id }: InstanceArgs,
  ): Promise<VersionedObject<PlacementExplanationData>> {
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-hypervisors:list-detail', {});
    return this.store.transaction(
      async (tx) => {
        const query = tx.selectFrom('instances').selectAll().where('id', '=', id).where('deleted', '=', false);
        const instance = await query.executeTakeFirst();
        if (instance === undefined) throw instanceNotFound(id);
        const explained = await this.chooser.explain(tx, instance);
        const hosts = explained.map(({ host, refusedBy }) => ({ host, refused_by: refusedBy }));
        const { vm_state, host } = instance;
        return PlacementExplanation.wrap({ instance_uuid: id, vm_state, host, hosts });
      },
      { name: 'scheduler.explain' },
    );
  }
}
