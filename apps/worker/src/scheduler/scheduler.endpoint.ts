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
import type { InstanceRow } from '../instances/instance-row.js';
import { changeInstance } from '../instances/instance-states.js';
import { InstanceNotices } from '../notifications/instance-notices.js';
import { Authorizer } from '../policy/authorizer.js';
import { PostgresDeliveryLedger, Store } from '../store/index.js';
import type { Transaction } from '../store/index.js';
import { ANY_HOST, HostChooser } from './host-chooser.js';
import type { HostState } from './host-state.js';

const log = getLogger('albireo.scheduler');

/** nova.exception.MaxRetriesExceeded. */
const RETRIES_EXCEEDED =
  'Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures for instance';
const NO_VALID_HOST = 'No valid host was found. There are not enough hosts available.';

const isWaiting = ({ vm_state: state, task_state: task }: InstanceRow): boolean =>
  state === 'building' && task === 'scheduling';
const wasTried = ({ request_spec: spec }: InstanceRow): boolean => (spec.tried_hosts ?? []).length > 0;

/**
 * The servers to find hosts for, locked: the named one, at its first try with all others of its request. Without it if
 * it was deleted: its resources are free already.
 */
async function waiting(tx: Transaction, id: string, locked: InstanceRow | undefined): Promise<readonly InstanceRow[]> {
  if (locked !== undefined && isWaiting(locked) && (wasTried(locked) || locked.request_spec.together !== true)) {
    return [locked];
  }
  const named = locked ?? (await tx.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst());
  if (named === undefined || named.request_spec.together !== true || wasTried(named)) return [];
  const others = await tx
    .selectFrom('instances')
    .selectAll()
    .where('project_id', '=', named.project_id)
    .where('reservation_id', '=', named.reservation_id)
    .where('deleted', '=', false)
    .where('task_state', '=', 'scheduling')
    .orderBy('launch_index')
    .forUpdate()
    .execute();
  return others.filter((server) => isWaiting(server) && !wasTried(server));
}

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
        const servers = await waiting(tx, id, await locked);
        if (servers.length > 0) await this.#schedule(tx, context, servers, hosts);
        await this.ledger.completeIn(tx, delivery);
      },
      { name: 'schedule' },
    );
  }

  async #schedule(
    tx: Transaction,
    context: RequestContext,
    servers: readonly InstanceRow[],
    hosts: Promise<readonly HostState[]>,
  ): Promise<void> {
    const chosen = await this.#place(tx, servers, hosts);
    for (const server of servers) {
      const { id } = server;
      const host = chosen?.get(server);
      if (host === undefined) {
        const message = wasTried(server) ? `${RETRIES_EXCEEDED} ${id}.` : NO_VALID_HOST;
        log.warning(message, { instance: id });
        await this.lifecycle.failBuild(tx, id, { code: 500, message });
        continue;
      }
      await this.casts.toHost(tx, context, host, 'build_and_run_instance', id);
      this.notices.changedAfter(tx, server, { task_state: 'networking' });
      this.store.afterCommit(tx, () => log.info(`Chose host ${host}`, { instance: id }));
    }
  }

  /** Claims a host for each of the servers; null as soon as one has none, as in nova. */
  async #place(
    tx: Transaction,
    servers: readonly InstanceRow[],
    hosts: Promise<readonly HostState[]>,
  ): Promise<ReadonlyMap<InstanceRow, string> | null> {
    const placed = new Map<InstanceRow, string>();
    for (const [index, instance] of servers.entries()) {
      const chosen = await this.chooser.claim(tx, instance, ANY_HOST, index === 0 ? hosts : this.chooser.hosts(tx));
      if (chosen === null) return null;
      const { host, node, zone, alternates } = chosen;
      const spec = JSON.stringify({ ...instance.request_spec, alternates });
      const changes = { host, node, availability_zone: zone, request_spec: spec, task_state: 'networking' as const };
      await changeInstance(tx, instance.id, { vm_state: ['building'], task_state: ['scheduling'] }, changes);
      placed.set(instance, host);
    }
    return placed;
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
