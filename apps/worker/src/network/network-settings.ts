import type { Configuration } from '#libs/config';
import { NetworkOptions, NetworkQuotaOptions, ServiceProvidersOptions } from '#libs/options';

/** The part of the configuration that the topic network uses. The objects are live, since quotas are mutable. */
export interface NetworkSettings {
  readonly options: Pick<
    NetworkOptions,
    | 'allowedConntrackHelpers'
    | 'baseMac'
    | 'dnsDomain'
    | 'enableNdpProxyByDefault'
    | 'globalPhysnetMtu'
    | 'maxDnsNameservers'
    | 'maxSubnetHostRoutes'
  >;
  readonly providers: ServiceProvidersOptions;
  readonly quotas: Partial<NetworkQuotaOptions>;
}

/** The options' defaults; of the conntrack helpers only some. */
export const defaultNetworkSettings: NetworkSettings = Object.freeze({
  options: {
    allowedConntrackHelpers: ['ftp:tcp', 'sip:tcp', 'sip:udp', 'tftp:udp'],
    baseMac: 'fa:16:3e:00:00:00',
    dnsDomain: 'openstacklocal',
    enableNdpProxyByDefault: false,
    globalPhysnetMtu: 1500,
    maxDnsNameservers: 5,
    maxSubnetHostRoutes: 20,
  },
  providers: { serviceProvider: [] },
  quotas: {
    defaultQuota: -1,
    quotaNetwork: 100,
    quotaSubnet: 100,
    quotaPort: 500,
    quotaRouter: 10,
    quotaFloatingip: 50,
    quotaSecurityGroup: 10,
    quotaSecurityGroupRule: 100,
    quotaRbacPolicy: 10,
  },
});

export function networkSettings(config: Configuration): NetworkSettings {
  return {
    options: config.get(NetworkOptions),
    quotas: config.get(NetworkQuotaOptions),
    providers: config.get(ServiceProvidersOptions),
  };
}
