import { FloatOpt, IntOpt, OptionGroup, StrOpt } from '../internal/decorators.js';

@OptionGroup('DEFAULT', { help: 'The compute workers.' })
export class ComputeOptions {
  @StrOpt({
    default: 'fake',
    help: 'The driver that makes servers. fake keeps them in the database only.',
  })
  readonly computeDriver!: string;

  @IntOpt({ default: 10, min: 0, help: 'Servers that one worker process builds at the same time; 0 for no limit.' })
  readonly maxConcurrentBuilds!: number;

  @StrOpt({
    default: 'instance-%08x',
    help: 'Form of the name that a server has on its hypervisor; %(uuid)s and other fields may be used.',
  })
  readonly instanceNameTemplate!: string;

  @FloatOpt({ default: 4, min: 0, help: 'Virtual CPUs that servers may have for each CPU of a host.' })
  readonly cpuAllocationRatio!: number;

  @FloatOpt({ default: 1, min: 0, help: 'Memory that servers may have for each byte of a host.' })
  readonly ramAllocationRatio!: number;

  @FloatOpt({ default: 1, min: 0, help: 'Disk that servers may have for each byte of a host.' })
  readonly diskAllocationRatio!: number;

  @IntOpt({ default: 512, min: 0, help: 'Memory of a host that servers may not have, in MiB.' })
  readonly reservedHostMemoryMb!: number;

  @IntOpt({ default: 0, min: 0, help: 'Disk of a host that servers may not have, in MiB.' })
  readonly reservedHostDiskMb!: number;

  @StrOpt({ default: 'nova', help: 'Availability zone of hosts that are in no other.' })
  readonly defaultAvailabilityZone!: string;
}
