import { Module } from '@nestjs/common';
import { dhcpAgentContract, l3AgentContract } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { NetworkOptions } from '#libs/options';
import { ResourceNotices } from '../notifications/resource-notices.js';
import { Authorizer } from '../policy/authorizer.js';
import { ResourceHandlers } from '../resources/resource-endpoint.js';
import { ResourceManagers } from '../resources/resource-managers.js';
import { WorkerResources } from '../service/worker-resources.js';
import { Store } from '../store/index.js';
import { AgentNotices } from './agents/agent-notices.js';
import { AgentReports } from './agents/agent-reports.js';
import { AgentStateEndpoint } from './agents/agent-state.endpoint.js';
import { DhcpPluginEndpoint } from './agents/dhcp-plugin.endpoint.js';
import { L3PluginEndpoint } from './agents/l3-plugin.endpoint.js';
import { AutoAllocatedTopologies } from './auto-topology/auto-allocated-topologies.js';
import { createNetworkManagers } from './create-network-managers.js';
import type { NetworkManagers } from './create-network-managers.js';
import { NetworkQuotas } from './network-quotas.js';
import { NetworkHints } from './network-hints.js';
import { networkSettings } from './network-settings.js';
import { NetworkEndpoint } from './network.endpoint.js';
import { Tags } from './tags.js';

const MANAGERS = Symbol('network managers');

/** The topic network. */
@Module({
  controllers: [NetworkEndpoint, AgentStateEndpoint, DhcpPluginEndpoint, L3PluginEndpoint],
  providers: [
    {
      provide: MANAGERS,
      inject: [Store, Authorizer, WorkerResources],
      useFactory: (store: Store, authorizer: Authorizer, { config }: WorkerResources): NetworkManagers =>
        createNetworkManagers(store, authorizer, networkSettings(config)),
    },
    {
      provide: ResourceNotices,
      inject: [WorkerResources],
      useFactory: ({ networkNotices }: WorkerResources) => networkNotices,
    },
    { provide: AgentReports, inject: [WorkerResources], useFactory: ({ agents }: WorkerResources) => agents },
    { provide: ResourceManagers, inject: [MANAGERS], useFactory: ({ resources }: NetworkManagers) => resources },
    {
      provide: AutoAllocatedTopologies,
      inject: [MANAGERS],
      useFactory: ({ topologies }: NetworkManagers) => topologies,
    },
    { provide: NetworkQuotas, inject: [MANAGERS], useFactory: ({ quotas }: NetworkManagers) => quotas },
    {
      provide: ResourceHandlers,
      inject: [ResourceManagers, ResourceNotices, WorkerResources],
      useFactory: (managers: ResourceManagers, notices: ResourceNotices, { store, transport }: WorkerResources) => {
        const hints = new NetworkHints(store, transport);
        return new ResourceHandlers(managers, notices, (context) => hints.changed(context));
      },
    },
    {
      provide: AgentNotices,
      inject: [ResourceManagers, WorkerResources],
      useFactory: (managers: ResourceManagers, { config, store, tasks, transport }: WorkerResources) => {
        const [dhcp, l3] = [new RpcClient(transport, dhcpAgentContract), new RpcClient(transport, l3AgentContract)];
        const notices = new AgentNotices(store, managers, dhcp, l3);
        if (config.get(NetworkOptions).serveNeutronAgents) {
          tasks.add({ name: 'tell agents', intervalMs: 1_000, essential: true, run: () => notices.tell() });
        }
        return notices;
      },
    },
    {
      provide: Tags,
      inject: [ResourceManagers, ResourceNotices],
      useFactory: (managers: ResourceManagers, notices: ResourceNotices) => new Tags(managers, notices),
    },
  ],
})
export class NetworkModule {}
