import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { sql } from 'kysely';
import { ComputeOptions } from '#libs/options';
import { ExpectedError, Snapshot, gatewayContract, workerContract } from '#libs/contracts';
import { RpcClient, RpcServer, endpoint } from '#libs/messaging';
import { businessClock } from '#libs/simulation';
import { createContext, getLogger, runWithContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { LostStepRepair } from '../compute/lost-step-repair.js';
import { callerPolicy } from '../policy/caller-policy.js';
import type { WorkerResources } from '../service/worker-resources.js';
import { readClock } from '../store/index.js';
import { defaultPoolSettings } from '../store/store-settings.js';
import { SnapshotError } from './snapshot.errors.js';
import { Snapshots } from './snapshots.js';

const log = getLogger('albireo.snapshots');

/**
 * Snapshots of a cloud whose workers and APIs are many processes: any worker handles the RPC, and a fanout notifies
 * all.
 */
export function snapshotServer(shared: WorkerResources): RpcServer {
  const { transport, store, config, outbox, casts, instanceNotices } = shared;
  const gateways = new RpcClient(transport, gatewayContract, { fanout: true });
  const workers = new RpcClient(transport, workerContract, { fanout: true });
  const repair = new LostStepRepair(store, casts, instanceNotices);
  const snapshots = new Snapshots({
    store,
    // The database keeps other processes out: see StateFence.
    intake: { during: async (replace) => void (await replace()) },
    driver: config.get(ComputeOptions).computeDriver,
    refuseOthers: () => refuseUnfenced(shared),
    discardOutbox: () => outbox.discard(),
    report: () => afresh(() => shared.tasks.runAtOnce()),
    async tell(epoch) {
      const context = createContext({ is_admin: true });
      const { offset_ms, version } = await readClock(store.db);
      await Promise.all([
        workers.cast(context, 'state_restored', { epoch }),
        gateways.cast(context, 'clock_moved', { offset_ms, version }),
        gateways.cast(context, 'state_restored', { epoch }),
      ]);
    },
    wake: () =>
      afresh(async () => {
        await outbox.sweep();
        await repair.run(0);
      }),
  });
  return new RpcServer(transport, {
    topic: workerContract.topic,
    server: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    ofProcess: true,
    callerPolicy,
    storableTexts: true,
    endpoints: [
      endpoint(workerContract, {
        snapshot_list: async (context) =>
          told(context, async () => (await snapshots.list()).map((one) => Snapshot.wrap(one))),
        snapshot_create: (context, { name }) => told(context, async () => Snapshot.wrap(await snapshots.create(name))),
        snapshot_restore: (context, { name }) =>
          told(context, async () => Snapshot.wrap(await snapshots.restore(name))),
        snapshot_delete: (context, { name }) =>
          told(context, async () => {
            await snapshots.remove(name);
            return null;
          }),
        async state_restored(_context, { epoch }) {
          log.info('The state was replaced by a snapshot', { epoch });
          outbox.discard();
          businessClock.learn(await readClock(store.db));
          await shared.tasks.runAtOnce();
          await outbox.sweep();
        },
      }),
    ],
    service: 'worker',
  });
}

/** The restoring request belongs to the earlier state, so its work in the restored state runs in a new request. */
const afresh = <T>(work: () => Promise<T>): Promise<T> => runWithContext(createContext({ is_admin: true }), work);

async function told<T>(context: RequestContext, work: () => Promise<T>): Promise<T> {
  if (!context.is_admin) {
    throw new ExpectedError('PolicyNotAuthorized', 'Snapshots are for whoever runs the cloud.');
  }
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    const isConflict = error.code === 'SnapshotExists' || error.code === 'SnapshotRefused';
    throw new ExpectedError(isConflict ? 'Conflict' : 'InvalidInput', error.message);
  }
}

/**
 * Refuses while a worker runs without `[control] snapshots`: it would write work of the earlier state into the restored
 * one.
 */
async function refuseUnfenced({ store }: WorkerResources): Promise<void> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::integer as n from pg_stat_activity
    where datname = current_database() and application_name = ${defaultPoolSettings.applicationName}`.execute(store.db);
  const count = rows[0]?.n ?? 0;
  if (count === 0) return;
  throw new SnapshotError(
    'SnapshotRefused',
    `${count} connections to the database are of workers without [control] snapshots: nothing keeps them out of the restored state`,
  );
}
