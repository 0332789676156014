import { BoolOpt, IntOpt, OptionGroup, StrOpt } from '../internal/decorators.js';

@OptionGroup('DEFAULT', { help: 'The Network API and its workers.' })
export class NetworkOptions {
  @StrOpt({
    default: 'fa:16:3e:00:00:00',
    regex: /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i,
    help: 'The first three bytes of the MAC addresses of new ports, and the fourth if it is not 00; the rest is random.',
  })
  readonly baseMac!: string;

  @IntOpt({
    default: 1500,
    min: 0,
    deprecatedOpts: [{ group: 'ml2', name: 'segment_mtu' }],
    help: 'MTU of the physical network; that of new networks follows from it.',
  })
  readonly globalPhysnetMtu!: number;

  @IntOpt({ default: 5, min: 0, help: 'Most name servers of a subnet.' })
  readonly maxDnsNameservers!: number;

  @IntOpt({ default: 20, min: 0, help: 'Most host routes of a subnet.' })
  readonly maxSubnetHostRoutes!: number;

  @StrOpt({
    default: '-1',
    regex: /^(-1|\d+|infinite)$/,
    help: 'Most items on one page of a listing of the Network API; -1 or infinite for no limit.',
  })
  readonly paginationMaxLimit!: string;

  @BoolOpt({ default: true, help: 'Allow to create several networks, subnets or ports with one request.' })
  readonly allowBulk!: boolean;
}

@OptionGroup('neutron', { help: 'What the Compute and Metadata APIs share with the network side.' })
export class NeutronOptions {
  @BoolOpt({
    default: false,
    help: 'Trust the headers of a metadata proxy, signed with metadata_proxy_shared_secret, on who asks.',
  })
  readonly serviceMetadataProxy!: boolean;

  @StrOpt({ default: '', secret: true, help: 'The secret that the metadata proxy signs with.' })
  readonly metadataProxySharedSecret!: string;
}
