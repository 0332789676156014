import { Endpoint, EndpointGroup, PolicyBlob, ProjectPage, declarationOf, identityContract } from '#libs/contracts';
import type {
  EndpointFilterArgs,
  EndpointFilterListArgs,
  IdArgs,
  IdentityContract,
  PolicyAssociationArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { CatalogLinks } from './catalog-links.js';

type Result<K extends MethodName<IdentityContract>> = Promise<ResultOf<IdentityContract, K>>;

/** The topic identity: associations between parts of the catalog. */
@RpcEndpoint(identityContract)
export class CatalogLinksEndpoint {
  constructor(private readonly links: CatalogLinks) {}

  @RpcMethod('endpoint_filter')
  async filter(ctx: RequestContext, args: EndpointFilterArgs): Result<'endpoint_filter'> {
    await this.links.filter(ctx, args);
    return null;
  }

  @RpcMethod('endpoint_filter_projects')
  async projects(ctx: RequestContext, args: EndpointFilterListArgs): Result<'endpoint_filter_projects'> {
    return ProjectPage.wrap({ objects: await this.links.projects(ctx, args), next_marker: null });
  }

  @RpcMethod('endpoint_filter_endpoints')
  async endpoints(ctx: RequestContext, args: EndpointFilterListArgs): Result<'endpoint_filter_endpoints'> {
    const objects = await this.links.endpoints(ctx, args);
    return declarationOf(Endpoint).page.wrap({ objects, next_marker: null });
  }

  @RpcMethod('endpoint_filter_groups')
  async groups(ctx: RequestContext, args: EndpointFilterListArgs): Result<'endpoint_filter_groups'> {
    const objects = await this.links.groups(ctx, args);
    return declarationOf(EndpointGroup).page.wrap({ objects, next_marker: null });
  }

  @RpcMethod('policy_association')
  async associate(ctx: RequestContext, args: PolicyAssociationArgs): Result<'policy_association'> {
    await this.links.associate(ctx, args);
    return null;
  }

  @RpcMethod('policy_endpoints')
  async policyEndpoints(ctx: RequestContext, { id }: IdArgs): Result<'policy_endpoints'> {
    const objects = await this.links.policyEndpoints(ctx, id);
    return declarationOf(Endpoint).page.wrap({ objects, next_marker: null });
  }

  @RpcMethod('endpoint_policy')
  async endpointPolicy(ctx: RequestContext, { id }: IdArgs): Result<'endpoint_policy'> {
    return declarationOf(PolicyBlob).object.wrap(await this.links.endpointPolicy(ctx, id));
  }
}
