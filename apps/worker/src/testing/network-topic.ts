import type { NetworkData, NetworkInput, PortData, PortInput, SubnetData, SubnetInput } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../policy/authorizer.js';
import { openMemoryStore } from './memory-store.js';
import type { Store } from '../store/index.js';
import { createNetworkManagers } from '../network/create-network-managers.js';
import type { NetworkManagers } from '../network/create-network-managers.js';
import { defaultNetworkSettings } from '../network/network-settings.js';

export const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });
export const admin = createContext({
  user_id: 'a',
  project_id: 'adm',
  roles: ['admin', 'manager', 'member', 'reader'],
});

export interface NetworkTopic {
  readonly store: Store;
  readonly topic: NetworkManagers;
  network(context: RequestContext, input?: NetworkInput): Promise<NetworkData>;
  subnet(context: RequestContext, input: SubnetInput): Promise<SubnetData>;
  port(context: RequestContext, input: PortInput): Promise<PortData>;
}

/** The managers of the Network API over a store in memory, and functions that create one of each object. */
export async function openNetworkTopic(): Promise<NetworkTopic> {
  const store = await openMemoryStore();
  const topic = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
  return {
    store,
    topic,
    network: async (ctx: RequestContext, input: NetworkInput = {}) => first(await topic.networks.create(ctx, [input])),
    subnet: async (ctx: RequestContext, input: SubnetInput) => first(await topic.subnets.create(ctx, [input])),
    port: async (ctx: RequestContext, input: PortInput) => first(await topic.ports.create(ctx, [input])),
  };
}

function first<T>([made]: readonly T[]): T {
  if (made === undefined) throw new Error('nothing was made');
  return made;
}
