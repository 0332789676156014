import type { MetricSnapshot } from '#libs/telemetry';
import { mergeMetrics, metricsContentType } from '#libs/telemetry';
import type { WorkerGroup } from './worker-group.js';

const answerMs = 1000;

/** One page for all workers: theirs merged, and what only the parent knows. */
export async function gatherMetrics(groups: readonly WorkerGroup[]): Promise<{ contentType: string; text: string }> {
  const workers = groups.flatMap((group) => group.readyWorkers);
  const answers = await Promise.all(workers.map((worker) => worker.ask('metrics', answerMs)));
  const snapshots: MetricSnapshot[][] = [];
  for (const answer of answers) if (Array.isArray(answer)) snapshots.push(answer as MetricSnapshot[]);
  const own = [
    '# HELP albireo_launcher_workers Worker processes by service and state.',
    '# TYPE albireo_launcher_workers gauge',
    ...groups.flatMap((group) => [
      `albireo_launcher_workers{service="${group.name}",state="wanted"} ${group.size}`,
      `albireo_launcher_workers{service="${group.name}",state="ready"} ${group.readyWorkers.length}`,
    ]),
    '# HELP albireo_launcher_restarts_total Workers that were replaced after they ended by themselves.',
    '# TYPE albireo_launcher_restarts_total counter',
    ...groups.map((group) => `albireo_launcher_restarts_total{service="${group.name}"} ${group.restarts}`),
    '# HELP albireo_launcher_metrics_missing Ready workers that did not answer in time for this page.',
    '# TYPE albireo_launcher_metrics_missing gauge',
    `albireo_launcher_metrics_missing ${workers.length - snapshots.length}`,
  ].join('\n');
  return { contentType: metricsContentType, text: `${await mergeMetrics(snapshots)}\n${own}\n` };
}
