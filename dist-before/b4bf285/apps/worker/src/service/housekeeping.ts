import { ServiceOptions } from '#libs/config';
import { queueDepths } from '#libs/messaging';
import { countState, poolGauge, stateGauges } from './state-metrics.js';
import { BINARIES } from './service-registry.js';
import type { WorkerResources } from './worker-resources.js';

/** How long the ledger remembers: longer than any copy of a message can live. */
const LEDGER_RETENTION_MS = 24 * 3_600_000;
const SWEEP_INTERVAL_MS = 600_000;
const LOOK_INTERVAL_MS = 15_000;
/** Services that were silent for so many times `service_down_time` are forgotten. */
const FORGOTTEN_AFTER_DOWN_TIMES = 60;

/** What every worker does beside serving: reports its services, counts for its metrics, and sweeps what is over. */
export function addHousekeeping(shared: WorkerResources, topics: readonly string[]): void {
  const { tasks, registry, ledger, config } = shared;
  const { host, reportInterval, serviceDownTime } = config.get(ServiceOptions);
  for (const topic of topics) {
    const binary = BINARIES[topic];
    // The compute host reports what it has together with that it is alive.
    if (binary === undefined || topic === 'compute') continue;
    const report = (): Promise<void> => registry.report(binary, host, 'internal');
    const intervalMs = reportInterval * 1_000;
    tasks.add({ name: `report ${topic}`, intervalMs, immediately: true, essential: true, run: report });
  }
  addLooks(shared, topics);
  const sweepLedger = (): Promise<number> => ledger.sweep(LEDGER_RETENTION_MS);
  tasks.add({ name: 'sweep the ledger', intervalMs: SWEEP_INTERVAL_MS, run: sweepLedger });
  const forgottenMs = serviceDownTime * 1_000 * FORGOTTEN_AFTER_DOWN_TIMES;
  tasks.add({ name: 'sweep services', intervalMs: SWEEP_INTERVAL_MS, run: () => registry.sweep(forgottenMs) });
}

/** Keeps the gauges of database and queues young: scrapes only read them. */
function addLooks({ tasks, store, transport, config }: WorkerResources, topics: readonly string[]): void {
  const gauges = stateGauges();
  poolGauge(() => store.connections());
  const { host } = config.get(ServiceOptions);
  const count = (): Promise<void> => countState(store, gauges);
  tasks.add({ name: 'count servers', intervalMs: LOOK_INTERVAL_MS, immediately: true, run: count });
  const look = async (): Promise<void> => {
    if (!transport.health().connected) return;
    for (const { queue, messages, consumers } of await queueDepths(transport, topics, host)) {
      gauges.queueMessages.set({ queue }, messages);
      gauges.queueConsumers.set({ queue }, consumers);
    }
  };
  tasks.add({ name: 'look at queues', intervalMs: LOOK_INTERVAL_MS, run: look });
}
