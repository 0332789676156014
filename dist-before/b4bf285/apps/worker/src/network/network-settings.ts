import type { Configuration } from '#libs/config';
import { NetworkOptions, NetworkQuotaOptions } from '#libs/config';

/** What of the configuration the topic network goes by; the objects are the live ones, quotas are mutable. */
export interface NetworkSettings {
  readonly options: Pick<NetworkOptions, 'baseMac' | 'globalPhysnetMtu' | 'maxDnsNameservers' | 'maxSubnetHostRoutes'>;
  readonly quotas: Pick<NetworkQuotaOptions, 'quotaNetwork' | 'quotaSubnet' | 'quotaPort'>;
}

/** The options' defaults. */
export const defaultNetworkSettings: NetworkSettings = Object.freeze({
  options: { baseMac: 'fa:16:3e:00:00:00', globalPhysnetMtu: 1500, maxDnsNameservers: 5, maxSubnetHostRoutes: 20 },
  quotas: { quotaNetwork: 100, quotaSubnet: 100, quotaPort: 500 },
});

export function networkSettings(config: Configuration): NetworkSettings {
  return { options: config.get(NetworkOptions), quotas: config.get(NetworkQuotaOptions) };
}
