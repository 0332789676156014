import { FloatOpt, IntOpt, ListOpt, OptionGroup } from '#libs/config';

/** The supported filters, by nova's class names. */
export const schedulerFilters = [
  'AggregateImagePropertiesIsolation',
  'AggregateInstanceExtraSpecsFilter',
  'AggregateMultiTenancyIsolation',
  'AllHostsFilter',
  'ComputeCapabilitiesFilter',
  'ComputeFilter',
  'DifferentHostFilter',
  'ImagePropertiesFilter',
  'IoOpsFilter',
  'JsonFilter',
  'NumInstancesFilter',
  'SameHostFilter',
  'ServerGroupAffinityFilter',
  'ServerGroupAntiAffinityFilter',
  'SimpleCIDRAffinityFilter',
] as const;

/**
 * nova's other filters: their condition always applies here (capacity, zone, hosts that were tried), or has no subject
 * here.
 */
const otherFilters = [
  'AggregateCoreFilter',
  'AggregateDiskFilter',
  'AggregateIoOpsFilter',
  'AggregateNumInstancesFilter',
  'AggregateRamFilter',
  'AggregateTypeAffinityFilter',
  'AvailabilityZoneFilter',
  'CoreFilter',
  'DiskFilter',
  'ExactCoreFilter',
  'ExactDiskFilter',
  'ExactRamFilter',
  'IsolatedHostsFilter',
  'MetricsFilter',
  'NUMATopologyFilter',
  'PciPassthroughFilter',
  'RamFilter',
  'RetryFilter',
  'TrustedFilter',
] as const;

export type SchedulerFilterName = (typeof schedulerFilters)[number];

@OptionGroup('scheduler', { help: 'Attempts to build a server.', half: 'rpc' })
export class SchedulerOptions {
  @IntOpt({
    default: 3,
    min: 1,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'scheduler_max_attempts' }],
    help:
      'Maximum number of hosts on which the build of a server is tried, one after another. The alternates are chosen ' +
      'with the first.',
  })
  readonly maxAttempts!: number;
}

@OptionGroup('filter_scheduler', { help: 'How the scheduler chooses a host.', half: 'rpc' })
export class FilterSchedulerOptions {
  @ListOpt({
    choices: [...schedulerFilters, ...otherFilters],
    deprecatedOpts: [{ group: 'DEFAULT', name: 'scheduler_default_filters' }],
    default: [
      'ComputeFilter',
      'ComputeCapabilitiesFilter',
      'ImagePropertiesFilter',
      'ServerGroupAntiAffinityFilter',
      'ServerGroupAffinityFilter',
      'SameHostFilter',
      'DifferentHostFilter',
    ],
    help:
      'Filters that a host must pass. Its free resources and the requested zone are always checked; names of other ' +
      'filters of nova are ignored.',
  })
  readonly enabledFilters!: readonly (SchedulerFilterName | (typeof otherFilters)[number])[];

  @IntOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'scheduler_host_subset_size' }],
    default: 1,
    min: 1,
    help:
      'A server goes to a random one of this many best hosts. With more than 1, several schedulers choose the same ' +
      'host less often, and similar servers are spread.',
  })
  readonly hostSubsetSize!: number;

  @FloatOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'ram_weight_multiplier' }],
    default: 1,
    help: "Weight of a host's free memory; below 0 servers are stacked.",
  })
  readonly ramWeightMultiplier!: number;

  @FloatOpt({ default: 1, help: "Weight of a host's free virtual CPUs." })
  readonly cpuWeightMultiplier!: number;

  @FloatOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'disk_weight_multiplier' }],
    default: 1,
    help: "Weight of a host's free disk.",
  })
  readonly diskWeightMultiplier!: number;

  @FloatOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'io_ops_weight_multiplier' }],
    default: -1,
    help: 'Weight of the servers that are being built or changed on a host.',
  })
  readonly ioOpsWeightMultiplier!: number;

  @FloatOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'soft_affinity_weight_multiplier' }],
    default: 1,
    min: 0,
    help: 'Weight of the members of the soft-affinity group on a host.',
  })
  readonly softAffinityWeightMultiplier!: number;

  @FloatOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'soft_anti_affinity_weight_multiplier' }],
    default: 1,
    min: 0,
    help: 'Weight of the members of the soft-anti-affinity group on a host, which counts against the host.',
  })
  readonly softAntiAffinityWeightMultiplier!: number;

  @IntOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'max_io_ops_per_host' }],
    default: 8,
    min: 1,
    help: 'IoOpsFilter: servers at work that a host may have.',
  })
  readonly maxIoOpsPerHost!: number;

  @IntOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'max_instances_per_host' }],
    default: 50,
    min: 1,
    help: 'NumInstancesFilter: servers that a host may have.',
  })
  readonly maxInstancesPerHost!: number;
}
