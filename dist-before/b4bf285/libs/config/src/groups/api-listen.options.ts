import { HostAddressOpt, IntOpt, OptionGroup, PortOpt } from '../internal/decorators.js';

@OptionGroup('DEFAULT', { help: 'Addresses, ports and worker processes of the HTTP APIs.' })
export class ApiListenOptions {
  @HostAddressOpt({
    default: '0.0.0.0',
    help: 'Address on which the Identity API listens.',
  })
  readonly identityListen!: string;

  @PortOpt({
    default: 5000,
    help: 'Port on which the Identity API listens; 0 for a free one.',
  })
  readonly identityListenPort!: number;

  @IntOpt({
    min: 1,
    help: 'Worker processes of the Identity API. Unset: one for each CPU that fits into memory; one on the embedded default.',
  })
  readonly identityWorkers!: number | undefined;

  @HostAddressOpt({
    default: '0.0.0.0',
    help: 'Address on which the Compute API listens.',
  })
  readonly osapiComputeListen!: string;

  @PortOpt({
    default: 8774,
    help: 'Port on which the Compute API listens; 0 for a free one.',
  })
  readonly osapiComputeListenPort!: number;

  @IntOpt({
    min: 1,
    help: 'Worker processes of the Compute API. Unset: one for each CPU that fits into memory; one on the embedded default.',
  })
  readonly osapiComputeWorkers!: number | undefined;

  @HostAddressOpt({
    default: '0.0.0.0',
    help: 'Address on which the Metadata API listens.',
  })
  readonly metadataListen!: string;

  @PortOpt({
    default: 8775,
    help: 'Port on which the Metadata API listens; 0 for a free one.',
  })
  readonly metadataListenPort!: number;

  @IntOpt({
    min: 1,
    help: 'Worker processes of the Metadata API. Unset: one for each CPU that fits into memory; one on the embedded default.',
  })
  readonly metadataWorkers!: number | undefined;

  @HostAddressOpt({
    default: '0.0.0.0',
    help: 'Address on which the Image API listens.',
  })
  readonly imageListen!: string;

  @PortOpt({
    default: 9292,
    help: 'Port on which the Image API listens; 0 for a free one.',
  })
  readonly imageListenPort!: number;

  @IntOpt({
    min: 1,
    help: 'Worker processes of the Image API. Unset: one for each CPU that fits into memory; one on the embedded default.',
  })
  readonly imageWorkers!: number | undefined;

  @HostAddressOpt({
    default: '0.0.0.0',
    deprecatedOpts: [{ name: 'bind_host', silent: true }],
    help: 'Address on which the Network API listens. `bind_host` is the same option.',
  })
  readonly networkListen!: string;

  @PortOpt({
    default: 9696,
    deprecatedOpts: [{ name: 'bind_port', silent: true }],
    help: 'Port on which the Network API listens; 0 for a free one. `bind_port` is the same option.',
  })
  readonly networkListenPort!: number;

  @IntOpt({
    min: 1,
    deprecatedOpts: [{ name: 'api_workers', silent: true }],
    help: 'Worker processes of the Network API. Unset: one for each CPU that fits into memory; one on the embedded default. `api_workers` is the same option.',
  })
  readonly networkWorkers!: number | undefined;

  @IntOpt({ default: 4096, min: 1, help: 'Connections that may wait to be accepted.' })
  readonly backlog!: number;

  @IntOpt({
    min: 0,
    help:
      'Worker processes that serve RPC topics. Unset: one for each CPU that fits into memory; one on the embedded ' +
      'default. 0, in albireo-server only: none, since workers run elsewhere.',
  })
  readonly rpcWorkers!: number | undefined;
}
