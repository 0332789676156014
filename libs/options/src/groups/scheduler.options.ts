import { BoolOpt, FloatOpt, IntOpt, ListOpt, OptionGroup } from '#libs/config';

/** The supported filters, by nova's class names. */
export const schedulerFilters = [
  'AggregateImagePropertiesIsolation',
  'AggregateInstanceExtraSpecsFilter',
  'AggregateIoOpsFilter',
  'AggregateMultiTenancyIsolation',
  'AggregateNumInstancesFilter',
  'AggregateTypeAffinityFilter',
  'AllHostsFilter',
  'ComputeCapabilitiesFilter',
  'ComputeFilter',
  'DifferentHostFilter',
  'ImagePropertiesFilter',
  'IoOpsFilter',
  'IsolatedHostsFilter',
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
  'AggregateRamFilter',
  'AvailabilityZoneFilter',
  'CoreFilter',
  'DiskFilter',
  'ExactCoreFilter',
  'ExactDiskFilter',
  'ExactRamFilter',
  'MetricsFilter',
  'NUMATopologyFilter',
  'PciPassthroughFilter',
  'RamFilter',
  'RetryFilter',
  'TrustedFilter',
] as const;

const schedulerWeighers = [
  'nova.scheduler.weights.all_weighers',
  'nova.scheduler.weights.ram.RAMWeigher',
  'nova.scheduler.weights.cpu.CPUWeigher',
  'nova.scheduler.weights.disk.DiskWeigher',
  'nova.scheduler.weights.io_ops.IoOpsWeigher',
  'nova.scheduler.weights.num_instances.NumInstancesWeigher',
  'nova.scheduler.weights.hypervisor_version.HypervisorVersionWeigher',
  'nova.scheduler.weights.compute.BuildFailureWeigher',
  'nova.scheduler.weights.affinity.ServerGroupSoftAffinityWeigher',
  'nova.scheduler.weights.affinity.ServerGroupSoftAntiAffinityWeigher',
] as const;

/** Of nova, for what is not here: cells, PCI devices, metrics of hosts. */
const otherWeighers = [
  'nova.scheduler.weights.cross_cell.CrossCellWeigher',
  'nova.scheduler.weights.image_props.ImagePropertiesWeigher',
  'nova.scheduler.weights.metrics.MetricsWeigher',
  'nova.scheduler.weights.pci.PCIWeigher',
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

  @ListOpt({
    choices: [...schedulerWeighers, ...otherWeighers],
    deprecatedOpts: [{ group: 'DEFAULT', name: 'scheduler_weight_classes' }],
    default: ['nova.scheduler.weights.all_weighers'],
    help:
      'Weighers by which hosts are compared; names of other weighers of nova are ignored. The metadata of an aggregate ' +
      'overrides the multipliers of its hosts, as ram_weight_multiplier; of several the least counts.',
  })
  readonly weightClasses!: readonly string[];

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

  @FloatOpt({ default: 0, help: 'Weight of the number of servers of a host; below 0 servers are spread.' })
  readonly numInstancesWeightMultiplier!: number;

  @FloatOpt({ default: 1, help: "Weight of the version of a host's hypervisor; above 0 newer ones are preferred." })
  readonly hypervisorVersionWeightMultiplier!: number;

  @FloatOpt({
    default: 1_000_000,
    help: 'Weight of the builds that failed on a host since the last that did not, which count against the host.',
  })
  readonly buildFailureWeightMultiplier!: number;

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

  @ListOpt({
    default: [],
    deprecatedOpts: [{ group: 'DEFAULT', name: 'isolated_images' }],
    help: 'IsolatedHostsFilter: ids of the images whose servers go to isolated_hosts only.',
  })
  readonly isolatedImages!: readonly string[];

  @ListOpt({
    default: [],
    deprecatedOpts: [{ group: 'DEFAULT', name: 'isolated_hosts' }],
    help: 'IsolatedHostsFilter: hosts for servers of isolated_images.',
  })
  readonly isolatedHosts!: readonly string[];

  @BoolOpt({
    default: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'restrict_isolated_hosts_to_isolated_images' }],
    help: 'IsolatedHostsFilter: whether isolated_hosts take no other servers.',
  })
  readonly restrictIsolatedHostsToIsolatedImages!: boolean;
}
