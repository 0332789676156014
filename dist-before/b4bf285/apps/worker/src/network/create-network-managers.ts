import type { Authorizer } from '../policy/authorizer.js';
import type { Store } from '../store/index.js';
import { NetworkPolicy } from './network-policy.js';
import { NetworkQuotas } from './network-quotas.js';
import type { NetworkSettings } from './network-settings.js';
import { NetworkManager } from './networks/network-manager.js';
import { PortManager } from './ports/port-manager.js';
import { SubnetManager } from './subnets/subnet-manager.js';

/** What the topic network's endpoint works with. */
export interface NetworkManagers {
  readonly networks: NetworkManager;
  readonly subnets: SubnetManager;
  readonly ports: PortManager;
  readonly quotas: NetworkQuotas;
}

export function createNetworkManagers(
  store: Store,
  authorizer: Authorizer,
  settings: NetworkSettings,
): NetworkManagers {
  const policy = new NetworkPolicy(authorizer);
  const networks = new NetworkManager(store, policy, settings);
  return {
    networks,
    subnets: new SubnetManager(store, policy, settings, networks),
    ports: new PortManager(store, policy, settings, networks),
    quotas: new NetworkQuotas(store, settings),
  };
}
