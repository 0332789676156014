import { BoolOpt, FloatOpt, HostAddressOpt, IntOpt, OptionGroup, StrOpt, ownAddress } from '#libs/config';

/** Permitted values of `compute_driver`; nova's name of a driver selects this product's driver of the same kind. */
export const computeDrivers = ['fake', 'fake.FakeDriver', 'qemu'] as const;

export type ComputeDriverName = (typeof computeDrivers)[number];

@OptionGroup('DEFAULT', { help: 'The compute workers.', half: 'rpc' })
export class ComputeOptions {
  @StrOpt({
    default: 'fake',
    choices: computeDrivers,
    cli: true,
    flag: 'driver',
    help:
      'The driver that makes servers. fake (in nova fake.FakeDriver) keeps them in the database only; qemu runs each as ' +
      'a virtual machine on this host.',
  })
  readonly computeDriver!: ComputeDriverName;

  @IntOpt({ default: 10, min: 0, help: 'Servers that one worker process builds at the same time; 0 for no limit.' })
  readonly maxConcurrentBuilds!: number;

  @StrOpt({
    default: 'instance-%08x',
    help: 'Form of the name that a server has on its hypervisor; %(uuid)s and other fields may be used.',
  })
  readonly instanceNameTemplate!: string;

  @HostAddressOpt({
    default: () => ownAddress(),
    sampleDefault: '<the first address of the machine>',
    help: 'Address of this host, as GET /os-hypervisors shows it.',
  })
  readonly myIp!: string;

  @FloatOpt({ default: 4, min: 0, help: 'Ratio of virtual CPUs given to servers to CPUs of a host.' })
  readonly cpuAllocationRatio!: number;

  @FloatOpt({ default: 1, min: 0, help: 'Ratio of memory given to servers to memory of a host.' })
  readonly ramAllocationRatio!: number;

  @FloatOpt({ default: 1, min: 0, help: 'Ratio of disk given to servers to disk of a host.' })
  readonly diskAllocationRatio!: number;

  @IntOpt({ default: 512, min: 0, help: 'Memory of a host that is reserved and not given to servers, in MiB.' })
  readonly reservedHostMemoryMb!: number;

  @IntOpt({ default: 0, min: 0, help: 'Disk of a host that is reserved and not given to servers, in MiB.' })
  readonly reservedHostDiskMb!: number;

  @IntOpt({
    default: 0,
    min: 0,
    mutable: true,
    help: 'Seconds that a deleted server is kept, SOFT_DELETED, so that it can be restored. 0: deletes take effect at once.',
  })
  readonly reclaimInstanceInterval!: number;

  @BoolOpt({ default: false, mutable: true, help: 'Whether a resize may leave a server on its host.' })
  readonly allowResizeToSameHost!: boolean;

  @IntOpt({
    default: 0,
    min: 0,
    mutable: true,
    help: 'Seconds after which a resize that nobody has confirmed or reverted is confirmed. 0: never.',
  })
  readonly resizeConfirmWindow!: number;

  @IntOpt({
    default: 0,
    min: -1,
    mutable: true,
    help: 'Seconds that a shelved server stays on its host. 0: it is taken off at once; -1: only when asked to be.',
  })
  readonly shelvedOffloadTime!: number;

  @StrOpt({ half: 'both', default: 'nova', help: 'Availability zone of hosts that are in no other.' })
  readonly defaultAvailabilityZone!: string;
}
