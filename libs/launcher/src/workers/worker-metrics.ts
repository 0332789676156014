import type { MetricSnapshot, RegisteredMetric } from '#libs/telemetry';
import { mergeMetrics, metricsContentType } from '#libs/telemetry';
import type { WorkerGroup } from './worker-group.js';
import type { WorkerProcess } from './worker-process.js';

const answerMs = 1000;

/**
 * Metrics that only the parent knows; written as text, so that the parent need not load the metrics library for them.
 */
export const launcherMetrics = {
  workers: {
    name: 'albireo_launcher_workers',
    type: 'gauge',
    help: 'Worker processes by service; state: wanted, ready',
    labels: ['service', 'state'],
  },
  restarts: {
    name: 'albireo_launcher_restarts_total',
    type: 'counter',
    help: 'Workers that were replaced after they ended by themselves',
    labels: ['service'],
  },
  missing: {
    name: 'albireo_launcher_metrics_missing',
    type: 'gauge',
    help: 'Workers that did not answer within a second for this page: their last answer stands',
    labels: [],
  },
} as const satisfies Readonly<Record<string, RegisteredMetric>>;

const header = ({ name, help, type }: RegisteredMetric): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

async function metricsOf(worker: WorkerProcess): Promise<boolean> {
  const answer = await worker.ask('metrics', answerMs);
  if (!Array.isArray(answer)) return false;
  worker.lastMetrics = answer as MetricSnapshot[];
  return true;
}

/**
 * One page for all workers: their metrics, merged with those of dead workers and with those that only the parent knows.
 * For a worker that does not answer in time its last answer is used, so that no counter falls.
 */
export async function gatherMetrics(groups: readonly WorkerGroup[]): Promise<{ contentType: string; text: string }> {
  const workers = groups.flatMap((group) => group.workers.filter((worker) => worker.reachedReady));
  const answered = await Promise.all(workers.map(metricsOf));
  // After the answers: a worker that has ended meanwhile is in the history and no longer among the workers.
  const living = groups.flatMap((group) => group.workers);
  const snapshots = [
    ...groups.map((group) => group.metricHistory.snapshot),
    ...living.map((worker) => worker.lastMetrics),
  ].filter((snapshot) => snapshot.length > 0);
  const own = [
    ...header(launcherMetrics.workers),
    ...groups.flatMap((group) => [
      `albireo_launcher_workers{service="${group.name}",state="wanted"} ${group.size}`,
      `albireo_launcher_workers{service="${group.name}",state="ready"} ${group.readyWorkers.length}`,
    ]),
    ...header(launcherMetrics.restarts),
    ...groups.map((group) => `albireo_launcher_restarts_total{service="${group.name}"} ${group.restarts}`),
    ...header(launcherMetrics.missing),
    `albireo_launcher_metrics_missing ${answered.filter((did) => !did).length}`,
  ].join('\n');
  return { contentType: metricsContentType, text: `${await mergeMetrics(snapshots)}\n${own}\n` };
}
