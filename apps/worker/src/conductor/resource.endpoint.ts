import {
  Aggregate,
  Flavor,
  FlavorAccess,
  Limits,
  ServerGroup,
  ServerTags,
  Usage,
  conductorContract,
  declarationOf,
} from '#libs/contracts';
import type {
  AggregateChangeArgs,
  AggregateData,
  FlavorAccessData,
  FlavorData,
  FlavorUpdateArgs,
  IdArgs,
  LimitsData,
  ListArgs,
  Page,
  ProjectQuotaArgs,
  QuotaClassArgs,
  QuotaUpdateArgs,
  ServerGroupCreateArgs,
  ServerGroupData,
  ServerTagsArgs,
  ServerTagsData,
  UsageArgs,
  UsageData,
  VersionedObject,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { RequestContext } from '#libs/telemetry';
import { AggregateService } from './aggregates/aggregate.service.js';
import { FlavorService } from './flavors/flavor.service.js';
import { LimitsService } from './limits.service.js';
import { ServerGroupService } from './server-groups/server-group.service.js';
import { ServerTagItems } from './servers/server-tags.js';
import { UsageService } from './usage.service.js';

const aggregates = declarationOf(Aggregate);
const groups = declarationOf(ServerGroup);

/** The methods for aggregates, server groups and other objects that operators change. */
@RpcEndpoint(conductorContract)
export class ResourceEndpoint {
  constructor(
    private readonly flavors: FlavorService,
    private readonly groups: ServerGroupService,
    private readonly tags: ServerTagItems,
    private readonly aggregates: AggregateService,
    private readonly limits: LimitsService,
    private readonly usage: UsageService,
  ) {}

  @RpcMethod('flavor_update')
  async updateFlavor(context: RequestContext, args: FlavorUpdateArgs): Promise<VersionedObject<FlavorData>> {
    return declarationOf(Flavor).object.wrap(await this.flavors.update(context, args));
  }

  @RpcMethod('flavor_access')
  async flavorAccess(context: RequestContext, args: IdArgs): Promise<VersionedObject<FlavorAccessData>> {
    return FlavorAccess.wrap(await this.flavors.access(context, args.id));
  }

  @RpcMethod('server_group_create')
  async createGroup(context: RequestContext, args: ServerGroupCreateArgs): Promise<VersionedObject<ServerGroupData>> {
    return groups.object.wrap(await this.groups.create(context, args));
  }

  @RpcMethod('server_group_list')
  async listGroups(context: RequestContext, args: ListArgs): Promise<VersionedObject<Page<ServerGroupData>>> {
    return groups.page.wrap(await this.groups.list(context, args));
  }

  @RpcMethod('server_group_delete')
  async deleteGroup(context: RequestContext, args: IdArgs): Promise<null> {
    await this.groups.delete(context, args.id);
    return null;
  }

  @RpcMethod('server_tags_change')
  async changeTags(context: RequestContext, args: ServerTagsArgs): Promise<VersionedObject<ServerTagsData>> {
    return ServerTags.wrap(await this.tags.change(context, args));
  }

  @RpcMethod('aggregate_list')
  async listAggregates(context: RequestContext, args: ListArgs): Promise<VersionedObject<Page<AggregateData>>> {
    return aggregates.page.wrap(await this.aggregates.list(context, args));
  }

  @RpcMethod('aggregate_change')
  async changeAggregate(context: RequestContext, args: AggregateChangeArgs): Promise<VersionedObject<AggregateData>> {
    return aggregates.object.wrap(await this.aggregates.change(context, args));
  }

  @RpcMethod('quota_update')
  async updateQuota(context: RequestContext, args: QuotaUpdateArgs): Promise<VersionedObject<LimitsData>> {
    return Limits.wrap(await this.limits.update(context, args));
  }

  @RpcMethod('quota_delete')
  async deleteQuota(context: RequestContext, args: ProjectQuotaArgs): Promise<null> {
    await this.limits.reset(context, args);
    return null;
  }

  @RpcMethod('quota_class_get')
  async quotaClass(context: RequestContext, args: QuotaClassArgs): Promise<VersionedObject<LimitsData>> {
    return Limits.wrap(await this.limits.ofClass(context, args.class_name));
  }

  @RpcMethod('usage_list')
  async listUsage(context: RequestContext, args: UsageArgs): Promise<VersionedObject<UsageData>> {
    return Usage.wrap(await this.usage.list(context, args));
  }
}
