import { sql } from 'kysely';
import { ComputeOptions } from '#libs/config';
import { createContext } from '#libs/telemetry';
import type { WorkerResources } from '../../service/worker-resources.js';
import type { ServerActions } from './server-actions.js';

const INTERVAL_MS = 60_000;
const BATCH_SIZE = 100;

/** Ends deferred deletes when `[DEFAULT] reclaim_instance_interval` is over: nova's _reclaim_queued_deletes. */
export function addReclaim({ tasks, store, config }: WorkerResources, actions: ServerActions): void {
  const run = async (): Promise<void> => {
    const seconds = config.get(ComputeOptions).reclaimInstanceInterval;
    if (seconds <= 0) return;
    const due = await store.db
      .selectFrom('instances')
      .select(['id', 'project_id', 'user_id'])
      .where('vm_state', '=', 'soft-delete')
      .where('deleted', '=', false)
      .where('soft_deleted_at', '<=', sql<string>`clock_timestamp() - ${seconds} * interval '1 second'`)
      .orderBy('soft_deleted_at')
      .limit(BATCH_SIZE)
      .execute();
    for (const { id, project_id: projectId, user_id: userId } of due) {
      await actions.reclaim(createContext({ project_id: projectId, user_id: userId }), id);
    }
  };
  tasks.add({ name: 'reclaim deleted servers', intervalMs: INTERVAL_MS, run });
}
