import {
  Network,
  NetworkPage,
  NetworkQuota,
  Port,
  PortPage,
  Subnet,
  SubnetPage,
  networkContract,
} from '#libs/contracts';
import type {
  IdArgs,
  ListArgs,
  NetworkContract,
  NetworkCreateArgs,
  NetworkDeleteArgs,
  NetworkUpdateArgs,
  PortCreateArgs,
  PortUpdateArgs,
  ProjectArgs,
  SubnetCreateArgs,
  SubnetUpdateArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { NetworkNotices } from '../notifications/network-notices.js';
import { NetworkQuotas } from './network-quotas.js';
import { NetworkManager } from './networks/network-manager.js';
import { PortManager } from './ports/port-manager.js';
import { SubnetManager } from './subnets/subnet-manager.js';

type Result<K extends MethodName<NetworkContract>> = Promise<ResultOf<NetworkContract, K>>;

/** The topic network. */
@RpcEndpoint(networkContract)
export class NetworkEndpoint {
  constructor(
    private readonly networks: NetworkManager,
    private readonly subnets: SubnetManager,
    private readonly ports: PortManager,
    private readonly notices: NetworkNotices,
    private readonly quotas: NetworkQuotas,
  ) {}

  @RpcMethod('network_create')
  async createNetworks(ctx: RequestContext, args: NetworkCreateArgs): Result<'network_create'> {
    const create = () => this.networks.create(ctx, args.networks);
    return NetworkPage.wrap({
      objects: await this.notices.create('network', args.networks, create),
      next_marker: null,
    });
  }

  @RpcMethod('network_list')
  async listNetworks(ctx: RequestContext, args: ListArgs): Result<'network_list'> {
    return NetworkPage.wrap(await this.networks.list(ctx, args));
  }

  @RpcMethod('network_get')
  async getNetwork(ctx: RequestContext, args: IdArgs): Result<'network_get'> {
    return Network.wrap(await this.networks.get(ctx, args.id));
  }

  @RpcMethod('network_update')
  async updateNetwork(ctx: RequestContext, args: NetworkUpdateArgs): Result<'network_update'> {
    const update = () => this.networks.update(ctx, args);
    return Network.wrap(await this.notices.update('network', args.id, args.network, update));
  }

  @RpcMethod('network_delete')
  async deleteNetwork(ctx: RequestContext, args: NetworkDeleteArgs): Result<'network_delete'> {
    await this.notices.delete('network', args.id, () => this.networks.delete(ctx, args));
    return null;
  }

  @RpcMethod('subnet_create')
  async createSubnets(ctx: RequestContext, args: SubnetCreateArgs): Result<'subnet_create'> {
    const create = () => this.subnets.create(ctx, args.subnets);
    return SubnetPage.wrap({ objects: await this.notices.create('subnet', args.subnets, create), next_marker: null });
  }

  @RpcMethod('subnet_list')
  async listSubnets(ctx: RequestContext, args: ListArgs): Result<'subnet_list'> {
    return SubnetPage.wrap(await this.subnets.list(ctx, args));
  }

  @RpcMethod('subnet_get')
  async getSubnet(ctx: RequestContext, args: IdArgs): Result<'subnet_get'> {
    return Subnet.wrap(await this.subnets.get(ctx, args.id));
  }

  @RpcMethod('subnet_update')
  async updateSubnet(ctx: RequestContext, args: SubnetUpdateArgs): Result<'subnet_update'> {
    const update = () => this.subnets.update(ctx, args);
    return Subnet.wrap(await this.notices.update('subnet', args.id, args.subnet, update));
  }

  @RpcMethod('subnet_delete')
  async deleteSubnet(ctx: RequestContext, args: NetworkDeleteArgs): Result<'subnet_delete'> {
    await this.notices.delete('subnet', args.id, () => this.subnets.delete(ctx, args));
    return null;
  }

  @RpcMethod('port_create')
  async createPorts(ctx: RequestContext, args: PortCreateArgs): Result<'port_create'> {
    const create = () => this.ports.create(ctx, args.ports);
    return PortPage.wrap({ objects: await this.notices.create('port', args.ports, create), next_marker: null });
  }

  @RpcMethod('port_list')
  async listPorts(ctx: RequestContext, args: ListArgs): Result<'port_list'> {
    return PortPage.wrap(await this.ports.list(ctx, args));
  }

  @RpcMethod('port_get')
  async getPort(ctx: RequestContext, args: IdArgs): Result<'port_get'> {
    return Port.wrap(await this.ports.get(ctx, args.id));
  }

  @RpcMethod('port_update')
  async updatePort(ctx: RequestContext, args: PortUpdateArgs): Result<'port_update'> {
    const update = () => this.ports.update(ctx, args);
    return Port.wrap(await this.notices.update('port', args.id, args.port, update));
  }

  @RpcMethod('port_delete')
  async deletePort(ctx: RequestContext, args: NetworkDeleteArgs): Result<'port_delete'> {
    await this.notices.delete('port', args.id, () => this.ports.delete(ctx, args));
    return null;
  }

  @RpcMethod('quota_get')
  async getQuota(ctx: RequestContext, args: ProjectArgs): Result<'quota_get'> {
    return NetworkQuota.wrap(await this.quotas.get(ctx, args.project_id));
  }
}
