import { Module } from '@nestjs/common';
import { Authorizer } from '../policy/authorizer.js';
import { WorkerResources } from '../service/worker-resources.js';
import { Store } from '../store/index.js';
import { createNetworkManagers } from './create-network-managers.js';
import type { NetworkManagers } from './create-network-managers.js';
import { NetworkQuotas } from './network-quotas.js';
import { networkSettings } from './network-settings.js';
import { NetworkNotices } from '../notifications/network-notices.js';
import { NetworkEndpoint } from './network.endpoint.js';
import { NetworkManager } from './networks/network-manager.js';
import { PortManager } from './ports/port-manager.js';
import { SubnetManager } from './subnets/subnet-manager.js';

const MANAGERS = Symbol('network managers');

/** The topic network. */
@Module({
  controllers: [NetworkEndpoint],
  providers: [
    {
      provide: MANAGERS,
      inject: [Store, Authorizer, WorkerResources],
      useFactory: (store: Store, authorizer: Authorizer, { config }: WorkerResources): NetworkManagers =>
        createNetworkManagers(store, authorizer, networkSettings(config)),
    },
    {
      provide: NetworkNotices,
      inject: [WorkerResources],
      useFactory: ({ networkNotices }: WorkerResources) => networkNotices,
    },
    { provide: NetworkManager, inject: [MANAGERS], useFactory: ({ networks }: NetworkManagers) => networks },
    { provide: SubnetManager, inject: [MANAGERS], useFactory: ({ subnets }: NetworkManagers) => subnets },
    { provide: NetworkQuotas, inject: [MANAGERS], useFactory: ({ quotas }: NetworkManagers) => quotas },
    { provide: PortManager, inject: [MANAGERS], useFactory: ({ ports }: NetworkManagers) => ports },
  ],
})
export class NetworkModule {}
