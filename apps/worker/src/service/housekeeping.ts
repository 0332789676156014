import { ServiceOptions } from '#libs/options';
import { queueDepths } from '#libs/messaging';
import { getLogger } from '#libs/telemetry';
import { tendEmbedded } from '../store/index.js';
import { countState, poolGauge, stateGauges } from './state-metrics.js';
import { BINARIES } from './service-registry.js';
import type { WorkerResources } from './worker-resources.js';

const log = getLogger('albireo.housekeeping');

/** How long the ledger keeps entries: longer than any copy of a message can live. */
const LEDGER_RETENTION_MS = 24 * 3_600_000;
const SWEEP_INTERVAL_MS = 600_000;
const LOOK_INTERVAL_MS = 15_000;
/** Services that were silent for this many times `service_down_time` are deleted. */
const FORGOTTEN_AFTER_DOWN_TIMES = 60;

/** The periodic tasks of every worker: reports its services, updates its metrics, and deletes outdated rows. */
export function addHousekeeping(shared: WorkerResources, topics: readonly string[]): void {
  const { tasks, registry, ledger, config, store } = shared;
  const { host, reportInterval, serviceDownTime } = config.get(ServiceOptions);
  for (const topic of topics) {
    const binary = BINARIES[topic];
    // The compute host reports its resources and that it is alive together.
    if (binary === undefined || topic === 'compute') continue;
    const report = (): Promise<void> => registry.report(binary, host, 'internal');
    const intervalMs = reportInterval * 1_000;
    tasks.add({ name: `report ${topic}`, intervalMs, immediately: true, essential: true, run: report });
  }
  if (topics.includes('network')) {
    const { availabilityZone } = shared.compute;
    const report = (): Promise<void> => shared.agents.reportNetworkHost(host, availabilityZone);
    const intervalMs = reportInterval * 1_000;
    tasks.add({ name: 'report agents', intervalMs, immediately: true, essential: true, run: report });
  }
  addLooks(shared, topics);
  const sweepLedger = (): Promise<number> => ledger.sweep(LEDGER_RETENTION_MS);
  tasks.add({ name: 'sweep the ledger', intervalMs: SWEEP_INTERVAL_MS, run: sweepLedger });
  const forgottenMs = serviceDownTime * 1_000 * FORGOTTEN_AFTER_DOWN_TIMES;
  tasks.add({ name: 'sweep services', intervalMs: SWEEP_INTERVAL_MS, run: () => registry.sweep(forgottenMs) });
  if (store.embedded) {
    tasks.add({ name: 'tend the embedded database', intervalMs: SWEEP_INTERVAL_MS, run: () => tend(shared) });
  }
}

async function tend({ store }: WorkerResources): Promise<void> {
  const { tables, checkpoint } = await tendEmbedded(store.db);
  if (tables.length > 0) log.debug('Vacuumed the embedded database', { tables: tables.join(','), checkpoint });
}

/** Keeps the gauges of database and queues up to date: scrapes only read them. */
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
