import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ComputeOptions } from '#libs/options';
import { ExpectedError } from '#libs/contracts';
import type { ServerActionName } from '#libs/contracts';
import { createContext, getLogger } from '#libs/telemetry';
import type { InstanceRow } from '../../instances/instance-row.js';
import type { Queries } from '../../store/index.js';
import type { WorkerResources } from '../../service/worker-resources.js';
import type { ServerActions } from './server-actions.js';

const log = getLogger('albireo.conductor');

const INTERVAL_MS = 60_000;
const BATCH_SIZE = 100;

type DueServer = Pick<InstanceRow, 'id' | 'project_id' | 'user_id'>;

/**
 * Servers whose time has come, at most one batch. Each query uses a partial index, since every worker runs it each
 * minute.
 */
export const dueServers: Readonly<
  Record<'reclaim' | 'confirm' | 'offload', (db: Queries, seconds: number) => Promise<DueServer[]>>
> = {
  reclaim: (db, seconds) =>
    db
      .selectFrom('instances')
      .select(['id', 'project_id', 'user_id'])
      .where('vm_state', '=', 'soft-delete')
      .where('deleted', '=', false)
      .where('soft_deleted_at', '<=', before(seconds))
      .orderBy('soft_deleted_at')
      .limit(BATCH_SIZE)
      .execute(),
  confirm: (db, seconds) =>
    db
      .selectFrom('migrations as m')
      .innerJoin('instances as i', 'i.id', 'm.instance_id')
      .select(['i.id', 'i.project_id', 'i.user_id'])
      // Literal text instead of a parameter: a generic plan for any status could not use this partial index.
      .where(sql<boolean>`m.status = 'finished'`)
      .where('i.vm_state', '=', 'resized')
      .where('i.task_state', 'is', null)
      .where('m.updated_at', '<=', before(seconds))
      .limit(BATCH_SIZE)
      .execute(),
  offload: (db, seconds) =>
    db
      .selectFrom('instances as i')
      .select(['i.id', 'i.project_id', 'i.user_id'])
      .where(sql<boolean>`i.vm_state = 'shelved' and not i.deleted`)
      .where('i.task_state', 'is', null)
      .where('i.host', 'is not', null)
      .where(
        sql<boolean>`(select max(e.finish_time) from instance_actions a join instance_action_events e on e.action_id = a.id
          where a.instance_id = i.id and e.event = 'compute_shelve_instance') <= ${before(seconds)}`,
      )
      .limit(BATCH_SIZE)
      .execute(),
};

const before = (seconds: number): RawBuilder<string> => sql`business_clock() - ${seconds} * interval '1 second'`;

/** Actions on servers that only depend on time. */
export function addServerTimers(shared: WorkerResources, actions: ServerActions): void {
  addReclaim(shared, actions);
  addConfirm(shared, actions);
  addOffload(shared, actions);
}

/** Carries out deferred deletes after `[DEFAULT] reclaim_instance_interval`: nova's _reclaim_queued_deletes. */
function addReclaim({ tasks, store, config }: WorkerResources, actions: ServerActions): void {
  const run = async (): Promise<void> => {
    const seconds = config.get(ComputeOptions).reclaimInstanceInterval;
    if (seconds <= 0) return;
    for (const { id, project_id: projectId, user_id: userId } of await dueServers.reclaim(store.db, seconds)) {
      await actions.reclaim(createContext({ project_id: projectId, user_id: userId }), id);
    }
  };
  tasks.add({ name: 'reclaim deleted servers', intervalMs: INTERVAL_MS, byClock: true, run });
}

/** Confirms resizes after `[DEFAULT] resize_confirm_window`: nova's _poll_unconfirmed_resizes. */
function addConfirm({ tasks, store, config }: WorkerResources, actions: ServerActions): void {
  const run = async (): Promise<void> => {
    const seconds = config.get(ComputeOptions).resizeConfirmWindow;
    if (seconds <= 0) return;
    for (const server of await dueServers.confirm(store.db, seconds)) {
      await actByRule(actions, server, 'confirm_resize');
    }
  };
  tasks.add({ name: 'confirm resizes', intervalMs: INTERVAL_MS, byClock: true, run });
}

/** Removes shelved servers from their hosts after `[DEFAULT] shelved_offload_time`: nova's _poll_shelved_instances. */
function addOffload({ tasks, store, config }: WorkerResources, actions: ServerActions): void {
  const run = async (): Promise<void> => {
    const seconds = config.get(ComputeOptions).shelvedOffloadTime;
    if (seconds <= 0) return;
    for (const server of await dueServers.offload(store.db, seconds)) {
      await actByRule(actions, server, 'shelve_offload');
    }
  };
  tasks.add({ name: 'offload shelved servers', intervalMs: INTERVAL_MS, byClock: true, run });
}

/** Runs an action that the operator's configuration demands; a lock stops users, not this. */
async function actByRule(
  actions: ServerActions,
  { id, project_id: projectId, user_id: userId }: DueServer,
  action: ServerActionName,
): Promise<void> {
  const context = createContext({ project_id: projectId, user_id: userId, roles: ['admin'], is_admin: true });
  await actions.act(context, { id, action, microversion: 1 }).catch((error: unknown) => {
    if (!(error instanceof ExpectedError)) throw error;
    log.info(`${action} was not done: ${error.message}`, { instance: id });
  });
}
