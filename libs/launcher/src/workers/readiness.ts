import type { ServiceHealth } from '../service.js';
import type { WorkerExit } from './crash-loop.js';

/** The data about one group of workers from which readiness is computed. */
export interface GroupSnapshot {
  /** The services in every worker of the group. */
  readonly services: readonly string[];
  readonly size: number;
  /** The health of each ready worker's services. */
  readonly ready: readonly ReadonlyMap<string, ServiceHealth>[];
  readonly starting: number;
  readonly crashLoop: boolean;
  readonly exits: readonly WorkerExit[];
}

export interface Readiness {
  readonly ready: boolean;
  /** One line for each service, as `[+] osapi_compute: 2 of 2 workers ready`. */
  readonly lines: readonly string[];
}

interface Verdict {
  readonly ready: boolean;
  readonly line: string;
}

function judge(service: string, group: GroupSnapshot): Verdict {
  const told = group.ready.map((services) => services.get(service) ?? { ready: true });
  const healthy = told.filter((health) => health.ready).length;
  const reasons = new Set<string>();
  for (const health of told) {
    if (health.reason !== undefined) reasons.add(health.reason);
  }
  if (group.starting > 0) reasons.add(`${group.starting} starting`);
  if (group.crashLoop) reasons.add('crash loop');
  for (const { pid, how, cause } of group.exits)
    reasons.add(`pid ${pid} ${how}${cause === undefined ? '' : ` (${cause})`}`);
  const ready = healthy > 0 && !group.crashLoop;
  const why = reasons.size === 0 ? '' : `; ${[...reasons].join('; ')}`;
  return { ready, line: `[${ready ? '+' : '-'}] ${service}: ${healthy} of ${group.size} workers ready${why}` };
}

/**
 * Ready when the program is not draining, and every service is ready in at least one worker and not in a crash loop.
 */
export function judgeReadiness(groups: readonly GroupSnapshot[], draining: boolean): Readiness {
  const verdicts = groups.flatMap((group) => group.services.map((service) => judge(service, group)));
  const lines = verdicts.map(({ line }) => line);
  if (draining) lines.unshift('[-] draining');
  if (groups.length === 0) lines.unshift('[-] no service has been launched');
  return { ready: !draining && groups.length > 0 && verdicts.every(({ ready }) => ready), lines };
}
