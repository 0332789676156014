import { HostAddressOpt, IntOpt, OptionGroup, PortOpt, StrOpt } from '#libs/config';

@OptionGroup('DEFAULT', { help: 'Addresses, ports and worker processes of the HTTP APIs.', half: 'api' })
export class ApiListenOptions {
  @HostAddressOpt({
    default: '::',
    help: 'Address on which the Identity API listens. :: is every address of IPv6 and IPv4.',
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
    default: '::',
    help: 'Address on which the Compute API listens. :: is every address of IPv6 and IPv4.',
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
    default: '::',
    help: 'Address on which the Metadata API listens. :: is every address of IPv6 and IPv4.',
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
    default: '::',
    help: 'Address on which the Image API listens. :: is every address of IPv6 and IPv4.',
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
    default: '::',
    deprecatedOpts: [{ name: 'bind_host', silent: true }],
    help: 'Address on which the Network API listens. :: is every address of IPv6 and IPv4. `bind_host` is the same option.',
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

  @StrOpt({
    choices: ['shared', 'separate'],
    default: 'separate',
    help:
      'How the enabled APIs share processes. separate: each API has processes of its own, as many as its `*_workers` ' +
      'says. shared: each process serves all APIs, with one connection to the broker; there are as many as the largest ' +
      '`*_workers` of them says. Far less memory, but one API under load slows the others of its process. On the ' +
      'embedded default one process holds all, whatever this says.',
  })
  readonly apiProcesses!: 'shared' | 'separate';

  @IntOpt({ default: 4096, min: 1, help: 'Connections that may wait to be accepted.' })
  readonly backlog!: number;

  @IntOpt({
    half: 'rpc',
    min: 0,
    help:
      'Worker processes that serve RPC topics. Unset: one for each CPU that fits into memory; one on the embedded ' +
      'default. 0, in albireo-server only: none, since workers run elsewhere.',
  })
  readonly rpcWorkers!: number | undefined;
}
