import { ComputeOptions } from '#libs/options';
import { LostStepRepair } from '../compute/lost-step-repair.js';
import type { WorkerResources } from '../service/worker-resources.js';
import { Snapshots } from './snapshots.js';

/** The snapshots of a running worker. */
export function workerSnapshots(shared: WorkerResources): Snapshots {
  const { store, intake, outbox, casts, tasks, config, instanceNotices } = shared;
  const repair = new LostStepRepair(store, casts, instanceNotices);
  return new Snapshots({
    store,
    intake,
    driver: config.get(ComputeOptions).computeDriver,
    discardOutbox: () => outbox.discard(),
    report: () => tasks.runAtOnce(),
    wake: async () => {
      await outbox.sweep();
      // Casts that were on their way when the snapshot was made are in no outbox, so their tasks have lost their step.
      await repair.run(0);
    },
  });
}
