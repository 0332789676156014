import type { FilterSchedulerOptions } from '#libs/options';
import type { HostState } from './host-state.js';
import type { PlacementRequest } from './placement-request.js';

/** The multiplier of each weigher; negative ones reverse the order. */
export type WeightMultipliers = {
  readonly [K in keyof FilterSchedulerOptions & `${string}WeightMultiplier`]: FilterSchedulerOptions[K];
};

type Weigher = (host: HostState, request: PlacementRequest) => number;

const membersOn: Weigher = (host, { group }) => group?.hosts.filter((other) => other === host.host).length ?? 0;

/** nova.scheduler.weights: the value of a host, before it is scaled to between 0 and 1. */
const weighers: Readonly<Record<keyof WeightMultipliers, Weigher>> = {
  ramWeightMultiplier: (host) => host.memory - host.memory_used,
  cpuWeightMultiplier: (host) => host.vcpus - host.vcpus_used,
  diskWeightMultiplier: (host) => host.disk - host.disk_used,
  ioOpsWeightMultiplier: (host) => host.io_ops,
  softAffinityWeightMultiplier: (host, request) =>
    request.group?.policy === 'soft-affinity' ? membersOn(host, request) : 0,
  softAntiAffinityWeightMultiplier: (host, request) =>
    request.group?.policy === 'soft-anti-affinity' ? -membersOn(host, request) : 0,
};

/** The hosts, the best first; hosts with the same weight in the order of their names. */
export function weighHosts(
  hosts: readonly HostState[],
  request: PlacementRequest,
  multipliers: WeightMultipliers,
): readonly HostState[] {
  const sums = new Map(hosts.map((host) => [host, 0]));
  for (const [name, weigh] of Object.entries(weighers) as [keyof WeightMultipliers, Weigher][]) {
    const values = hosts.map((host) => weigh(host, request));
    const least = Math.min(...values);
    const range = Math.max(...values) - least;
    if (range === 0) continue;
    for (const [index, host] of hosts.entries()) {
      const share = ((values[index] ?? least) - least) / range;
      sums.set(host, (sums.get(host) ?? 0) + multipliers[name] * share);
    }
  }
  return hosts.toSorted((a, b) => (sums.get(b) ?? 0) - (sums.get(a) ?? 0) || (a.host < b.host ? -1 : 1));
}
