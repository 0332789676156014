import { NetworkQuota, networkContract, networkResources } from '#libs/contracts';
import type { AutoTopologyArgs, NetworkContract, NetworkQuotaUpdateArgs, ProjectArgs, TagArgs } from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { ResourceHandlers, ServesResources } from '../resources/resource-endpoint.js';
import { AutoAllocatedTopologies } from './auto-topology/auto-allocated-topologies.js';
import { NetworkQuotas } from './network-quotas.js';
import { Tags } from './tags.js';

type Result<K extends MethodName<NetworkContract>> = Promise<ResultOf<NetworkContract, K>>;

/** The topic network: the methods of its resources, and methods that belong to no single resource. */
@RpcEndpoint(networkContract)
@ServesResources(networkResources)
export class NetworkEndpoint {
  constructor(
    readonly handlers: ResourceHandlers,
    private readonly quotas: NetworkQuotas,
    private readonly tags: Tags,
    private readonly topologies: AutoAllocatedTopologies,
  ) {}

  @RpcMethod('tag_update')
  updateTags(context: RequestContext, args: TagArgs): Result<'tag_update'> {
    return this.tags.update(context, args);
  }

  @RpcMethod('auto_allocated_topology_get')
  async getAutoTopology(
    context: RequestContext,
    { project_id: project, dry_run: isTrial = false }: AutoTopologyArgs,
  ): Result<'auto_allocated_topology_get'> {
    if (!isTrial) return { network_id: await this.topologies.get(context, project) };
    await this.topologies.check(context, project);
    return { network_id: null };
  }

  @RpcMethod('auto_allocated_topology_delete')
  async deleteAutoTopology(
    context: RequestContext,
    { project_id: project }: ProjectArgs,
  ): Result<'auto_allocated_topology_delete'> {
    await this.topologies.delete(context, project);
    return null;
  }

  @RpcMethod('quota_get')
  async getQuota(context: RequestContext, args: ProjectArgs): Result<'quota_get'> {
    return NetworkQuota.wrap(await this.quotas.get(context, args.project_id));
  }

  @RpcMethod('quota_defaults')
  async getQuotaDefaults(context: RequestContext, args: ProjectArgs): Result<'quota_defaults'> {
    return NetworkQuota.wrap(await this.quotas.defaults(context, args.project_id));
  }

  @RpcMethod('quota_list')
  listQuotas(context: RequestContext): Result<'quota_list'> {
    return this.quotas.list(context);
  }

  @RpcMethod('quota_update')
  async updateQuota(context: RequestContext, args: NetworkQuotaUpdateArgs): Result<'quota_update'> {
    return NetworkQuota.wrap(await this.quotas.update(context, args));
  }

  @RpcMethod('quota_delete')
  async deleteQuota(context: RequestContext, args: ProjectArgs): Result<'quota_delete'> {
    await this.quotas.delete(context, args.project_id);
    return null;
  }
}
