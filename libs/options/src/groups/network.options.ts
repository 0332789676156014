import { BoolOpt, HostAddressOpt, IntOpt, ListOpt, MultiStrOpt, OptionGroup, PortOpt, StrOpt } from '#libs/config';

@OptionGroup('DEFAULT', { help: 'The Network API and its workers.', half: 'rpc' })
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

  @BoolOpt({
    default: false,
    help:
      "Serve neutron's own agents: workers of the topic network also serve q-reports-plugin, q-plugin and q-l3-plugin, as " +
      'neutron-server does. The agents need the control_exchange of the workers.',
  })
  readonly serveNeutronAgents!: boolean;

  @IntOpt({ default: 5, min: 0, help: 'Maximum number of name servers of a subnet.' })
  readonly maxDnsNameservers!: number;

  @IntOpt({ default: 20, min: 0, help: 'Maximum number of host routes of a subnet.' })
  readonly maxSubnetHostRoutes!: number;

  @ListOpt({
    default: [
      'amanda:tcp',
      'ftp:tcp',
      'h323:udp',
      'h323:tcp',
      'irc:tcp',
      'netbios-ns:udp',
      'pptp:tcp',
      'sane:tcp',
      'sip:udp',
      'sip:tcp',
      'snmp:udp',
      'tftp:udp',
    ],
    help: 'Conntrack helpers that routers may have, each with the protocol that it is for: name:protocol.',
  })
  readonly allowedConntrackHelpers!: readonly string[];

  @BoolOpt({
    default: false,
    help: 'Whether a new router whose gateway allows it answers for the addresses of NDP proxies.',
  })
  readonly enableNdpProxyByDefault!: boolean;

  @StrOpt({ default: 'openstacklocal', help: 'Domain of the names of ports; empty: none.' })
  readonly dnsDomain!: string;

  @StrOpt({
    half: 'api',
    default: '-1',
    regex: /^(-1|\d+|infinite)$/,
    help: 'Maximum number of items on one page of a listing of the Network API; -1 or infinite for no limit.',
  })
  readonly paginationMaxLimit!: string;

  @BoolOpt({ half: 'api', default: true, help: 'Allow to create several networks, subnets or ports with one request.' })
  readonly allowBulk!: boolean;

  @BoolOpt({
    half: 'api',
    default: true,
    help:
      'Refuse unknown filters of lists of the Network API. Without it they are ignored, and lists of what has standard ' +
      'attributes take changed_since.',
  })
  readonly filterValidation!: boolean;
}

@OptionGroup('service_providers', { help: 'The providers of network services, for service flavors.', half: 'rpc' })
export class ServiceProvidersOptions {
  @MultiStrOpt({
    default: [],
    help:
      'A provider beside those of routers (dvrha, dvr, ha, single_node): service_type:name:driver, with :default at ' +
      'the end for the one of its type.',
  })
  readonly serviceProvider!: readonly string[];
}

@OptionGroup('neutron', { help: 'What the Compute and Metadata APIs share with the network side.', half: 'api' })
export class NeutronOptions {
  @BoolOpt({
    default: false,
    help: 'Trust the headers of a metadata proxy, signed with metadata_proxy_shared_secret, on who asks.',
  })
  readonly serviceMetadataProxy!: boolean;

  @StrOpt({
    default: '',
    secret: true,
    half: 'both',
    help:
      'The secret that metadata proxies sign with: those of other products, and those of compute hosts whose worker does ' +
      'not have the [identity] signing_keys of the Metadata API. Required with service_metadata_proxy.',
  })
  readonly metadataProxySharedSecret!: string;
}

@OptionGroup('DEFAULT', { help: 'Where the metadata proxies of a compute host find the Metadata API.', half: 'rpc' })
export class MetadataProxyOptions {
  @HostAddressOpt({
    default: '127.0.0.1',
    deprecatedOpts: [{ name: 'nova_metadata_ip' }],
    help: 'Address of the Metadata API, for the guests of this host.',
  })
  readonly novaMetadataHost!: string;

  @PortOpt({ min: 1, help: 'Port of the Metadata API. Default: metadata_listen_port.' })
  readonly novaMetadataPort: number | undefined;

  @StrOpt({ default: 'http', choices: ['http', 'https'], help: 'Protocol of the Metadata API.' })
  readonly novaMetadataProtocol!: 'http' | 'https';
}
