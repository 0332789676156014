import { gatewayContract } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { tellRestored } from '#libs/simulation';
import { createContext } from '#libs/telemetry';
import type { WorkerResources } from '../service/worker-resources.js';
import { CloudClock } from './cloud-clock.js';

/** The clock of a running worker. */
export function workerClock({ store, intake, tasks, transport }: WorkerResources): CloudClock {
  const gateways = new RpcClient(transport, gatewayContract, { fanout: true });
  return new CloudClock({
    store,
    intake,
    report: () => tasks.runAtOnce(),
    runDue: () => tasks.runDue(),
    tell: async ({ offset_ms, version }) => {
      await gateways.cast(createContext({ is_admin: true }), 'clock_moved', { offset_ms, version });
      // The gateways of this process read the list of revocations again, since a step back changes its times.
      await tellRestored();
    },
  });
}
