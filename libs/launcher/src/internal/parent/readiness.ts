import type { ServiceHealth } from '../../service-health.js';
import type { WorkerExit } from './crash-loop.js';

/** What readiness is judged by, of one group of workers. */
export interface GroupSnapshot {
  readonly name: string;
  readonly size: number;
  /** The health of each ready worker's services. */
  readonly ready: readonly ReadonlyMap<string, ServiceHealth>[];
  readonly starting: number;
  readonly crashLoop: boolean;
  readonly exits: readonly WorkerExit[];
}

export interface Readiness {
  readonly ready: boolean;
  /** One line for each group, as `[+] osapi_compute: 2 of 2 workers ready`. */
  readonly lines: readonly string[];
}

function judge(group: GroupSnapshot): { ready: boolean; line: string } {
  const healthy = group.ready.filter((services) => [...services.values()].every((health) => health.ready));
  const ready = healthy.length > 0 && !group.crashLoop;
  const reasons = new Set<string>();
  for (const services of group.ready) {
    for (const [service, health] of services) {
      if (health.reason !== undefined) reasons.add(`${service}: ${health.reason}`);
      else if (!health.ready) reasons.add(`${service}: not ready`);
    }
  }
  if (group.starting > 0) reasons.add(`${group.starting} starting`);
  if (group.crashLoop) reasons.add('crash loop');
  for (const exit of group.exits) {
    reasons.add(`pid ${exit.pid} ${exit.how}${exit.cause === undefined ? '' : ` (${exit.cause})`}`);
  }
  const why = reasons.size === 0 ? '' : `; ${[...reasons].join('; ')}`;
  return {
    ready,
    line: `[${ready ? '+' : '-'}] ${group.name}: ${healthy.length} of ${group.size} workers ready${why}`,
  };
}

/** Ready when nothing drains and every group has at least one worker whose services all say that they are ready. */
export function judgeReadiness(groups: readonly GroupSnapshot[], draining: boolean): Readiness {
  const judged = groups.map(judge);
  const lines = judged.map(({ line }) => line);
  if (draining) lines.unshift('[-] draining');
  if (groups.length === 0) lines.unshift('[-] no service has been launched');
  return { ready: !draining && groups.length > 0 && judged.every(({ ready }) => ready), lines };
}
