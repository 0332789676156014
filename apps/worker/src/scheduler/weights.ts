import type { FilterSchedulerOptions } from '#libs/options';
import { leastOfAggregates } from './host-state.js';
import type { HostState } from './host-state.js';
import type { PlacementRequest } from './placement-request.js';

type MultiplierName = keyof FilterSchedulerOptions & `${string}WeightMultiplier`;

/** The weighers that are used, and the multiplier of each; negative ones reverse the order. */
export type WeightSettings = Pick<FilterSchedulerOptions, MultiplierName | 'weightClasses'>;

/** Further values that weighers need. */
interface Ratios {
  readonly cpuAllocationRatio: number;
}

interface Weigher {
  /** The name of its class in nova.scheduler.weights, as in `weight_classes`. */
  readonly name: string;
  readonly multiplier: MultiplierName;
  /** The name of the option, which the metadata of an aggregate overrides for its hosts. */
  readonly option: string;
  /** The value of a host, before it is scaled to between 0 and 1. */
  weigh(host: HostState, request: PlacementRequest, ratios: Ratios): number;
}

const ALL = 'nova.scheduler.weights.all_weighers';

const membersOn = (host: HostState, { group }: PlacementRequest): number =>
  group?.hosts.filter((other) => other === host.host).length ?? 0;

/** nova.scheduler.weights. */
const weighers: readonly Weigher[] = [
  {
    name: 'ram.RAMWeigher',
    multiplier: 'ramWeightMultiplier',
    option: 'ram_weight_multiplier',
    weigh: (host) => host.memory - host.memory_used,
  },
  {
    name: 'cpu.CPUWeigher',
    multiplier: 'cpuWeightMultiplier',
    option: 'cpu_weight_multiplier',
    weigh: (host, _request, { cpuAllocationRatio }) => host.vcpus * cpuAllocationRatio - host.vcpus_used,
  },
  {
    name: 'disk.DiskWeigher',
    multiplier: 'diskWeightMultiplier',
    option: 'disk_weight_multiplier',
    weigh: (host) => host.disk - host.disk_used,
  },
  {
    name: 'io_ops.IoOpsWeigher',
    multiplier: 'ioOpsWeightMultiplier',
    option: 'io_ops_weight_multiplier',
    weigh: (host) => host.io_ops,
  },
  {
    name: 'num_instances.NumInstancesWeigher',
    multiplier: 'numInstancesWeightMultiplier',
    option: 'num_instances_weight_multiplier',
    weigh: (host) => host.servers,
  },
  {
    name: 'hypervisor_version.HypervisorVersionWeigher',
    multiplier: 'hypervisorVersionWeightMultiplier',
    option: 'hypervisor_version_weight_multiplier',
    weigh: (host) => host.hypervisor_version,
  },
  {
    name: 'compute.BuildFailureWeigher',
    multiplier: 'buildFailureWeightMultiplier',
    option: 'build_failure_weight_multiplier',
    weigh: (host) => -host.failed_builds,
  },
  {
    name: 'affinity.ServerGroupSoftAffinityWeigher',
    multiplier: 'softAffinityWeightMultiplier',
    option: 'soft_affinity_weight_multiplier',
    weigh: (host, request) => (request.group?.policy === 'soft-affinity' ? membersOn(host, request) : 0),
  },
  {
    name: 'affinity.ServerGroupSoftAntiAffinityWeigher',
    multiplier: 'softAntiAffinityWeightMultiplier',
    option: 'soft_anti_affinity_weight_multiplier',
    weigh: (host, request) => (request.group?.policy === 'soft-anti-affinity' ? -membersOn(host, request) : 0),
  },
];

/** Whether a weigher is among those of `weight_classes`. */
export function usesWeigher({ weightClasses }: Pick<WeightSettings, 'weightClasses'>, name: string): boolean {
  return weightClasses.some((known) => known === ALL || known === `nova.scheduler.weights.${name}`);
}

/** The hosts, the best first; hosts with the same weight in the order of their names. */
export function weighHosts(
  hosts: readonly HostState[],
  request: PlacementRequest,
  settings: WeightSettings,
  ratios: Ratios,
): readonly HostState[] {
  const sums = new Map(hosts.map((host) => [host, 0]));
  for (const weigher of weighers) {
    if (!usesWeigher(settings, weigher.name)) continue;
    const values = hosts.map((host) => weigher.weigh(host, request, ratios));
    const least = Math.min(...values);
    const range = Math.max(...values) - least;
    if (range === 0) continue;
    for (const [index, host] of hosts.entries()) {
      const share = ((values[index] ?? least) - least) / range;
      sums.set(
        host,
        (sums.get(host) ?? 0) + leastOfAggregates(host, weigher.option, settings[weigher.multiplier]) * share,
      );
    }
  }
  return hosts.toSorted((a, b) => (sums.get(b) ?? 0) - (sums.get(a) ?? 0) || (a.host < b.host ? -1 : 1));
}
