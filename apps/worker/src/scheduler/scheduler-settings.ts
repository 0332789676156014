import { ComputeOptions, FilterSchedulerOptions, SchedulerOptions, ServiceOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { isHostFilter } from './filters.js';
import type { SchedulerSettings } from './host-chooser.js';

/** What a configuration says of the choice of hosts. */
export function schedulerSettings(config: Configuration): SchedulerSettings {
  const options = config.get(ComputeOptions);
  const chosen = config.get(FilterSchedulerOptions);
  return {
    serviceDownTimeMs: config.get(ServiceOptions).serviceDownTime * 1_000,
    cpuAllocationRatio: options.cpuAllocationRatio,
    ramAllocationRatio: options.ramAllocationRatio,
    diskAllocationRatio: options.diskAllocationRatio,
    reservedMemory: options.reservedHostMemoryMb,
    reservedDisk: Math.ceil(options.reservedHostDiskMb / 1024),
    maxAttempts: config.get(SchedulerOptions).maxAttempts,
    filters: chosen.enabledFilters.filter(isHostFilter),
    bounds: { maxIoOps: chosen.maxIoOpsPerHost, maxInstances: chosen.maxInstancesPerHost },
    multipliers: {
      ram: chosen.ramWeightMultiplier,
      cpu: chosen.cpuWeightMultiplier,
      disk: chosen.diskWeightMultiplier,
      ioOps: chosen.ioOpsWeightMultiplier,
      softAffinity: chosen.softAffinityWeightMultiplier,
      softAntiAffinity: chosen.softAntiAffinityWeightMultiplier,
    },
  };
}
