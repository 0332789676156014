import {
  Flavor,
  HypervisorPage,
  Keypair,
  Limits,
  Service,
  ServicePage,
  conductorContract,
  declarationOf,
} from '#libs/contracts';
import type {
  FlavorCreateArgs,
  FlavorData,
  FlavorListArgs,
  HypervisorData,
  HypervisorListArgs,
  IdArgs,
  KeypairArgs,
  KeypairCreateArgs,
  KeypairData,
  KeypairListArgs,
  LimitsData,
  ListArgs,
  Page,
  ProjectQuotaArgs,
  ServiceData,
  ServiceUpdateArgs,
  VersionedObject,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { RequestContext } from '#libs/telemetry';
import { FlavorService } from './flavors/flavor.service.js';
import { HypervisorList } from './hypervisor-list.js';
import { KeypairService } from './keypairs/keypair.service.js';
import { LimitsService } from './limits.service.js';
import { ServiceList } from './service-list.js';

const flavors = declarationOf(Flavor);
const keypairs = declarationOf(Keypair);

/** The methods for flavors, key pairs, limits and services. */
@RpcEndpoint(conductorContract)
export class CatalogEndpoint {
  constructor(
    private readonly flavors: FlavorService,
    private readonly keypairs: KeypairService,
    private readonly limits: LimitsService,
    private readonly services: ServiceList,
    private readonly hypervisors: HypervisorList,
  ) {}

  @RpcMethod('flavor_list')
  async listFlavors(context: RequestContext, args: FlavorListArgs): Promise<VersionedObject<Page<FlavorData>>> {
    return flavors.page.wrap(await this.flavors.list(context, args));
  }

  @RpcMethod('flavor_get')
  async getFlavor(context: RequestContext, args: IdArgs): Promise<VersionedObject<FlavorData>> {
    return flavors.object.wrap(await this.flavors.get(context, args.id));
  }

  @RpcMethod('flavor_create')
  async createFlavor(context: RequestContext, args: FlavorCreateArgs): Promise<VersionedObject<FlavorData>> {
    return flavors.object.wrap(await this.flavors.create(context, args));
  }

  @RpcMethod('flavor_delete')
  async deleteFlavor(context: RequestContext, args: IdArgs): Promise<null> {
    await this.flavors.delete(context, args.id);
    return null;
  }

  @RpcMethod('keypair_create')
  async createKeypair(context: RequestContext, args: KeypairCreateArgs): Promise<VersionedObject<KeypairData>> {
    return keypairs.object.wrap(await this.keypairs.create(context, args));
  }

  @RpcMethod('keypair_list')
  async listKeypairs(context: RequestContext, args: KeypairListArgs): Promise<VersionedObject<Page<KeypairData>>> {
    return keypairs.page.wrap(await this.keypairs.list(context, args));
  }

  @RpcMethod('keypair_get')
  async getKeypair(context: RequestContext, args: KeypairArgs): Promise<VersionedObject<KeypairData>> {
    return keypairs.object.wrap(await this.keypairs.get(context, args));
  }

  @RpcMethod('keypair_delete')
  async deleteKeypair(context: RequestContext, args: KeypairArgs): Promise<null> {
    await this.keypairs.delete(context, args);
    return null;
  }

  @RpcMethod('limits_get')
  async getLimits(context: RequestContext): Promise<VersionedObject<LimitsData>> {
    return Limits.wrap(await this.limits.get(context));
  }

  @RpcMethod('quota_get')
  async getQuota(context: RequestContext, args: ProjectQuotaArgs): Promise<VersionedObject<LimitsData>> {
    return Limits.wrap(await this.limits.quota(context, args));
  }

  @RpcMethod('hypervisor_list')
  async listHypervisors(
    context: RequestContext,
    args: HypervisorListArgs,
  ): Promise<VersionedObject<Page<HypervisorData>>> {
    return HypervisorPage.wrap(await this.hypervisors.list(context, args));
  }

  @RpcMethod('service_list')
  async listServices(context: RequestContext, args: ListArgs): Promise<VersionedObject<Page<ServiceData>>> {
    return ServicePage.wrap(await this.services.list(context, args));
  }

  @RpcMethod('service_update')
  async updateService(context: RequestContext, args: ServiceUpdateArgs): Promise<VersionedObject<ServiceData>> {
    return declarationOf(Service).object.wrap(await this.services.update(context, args));
  }

  @RpcMethod('service_delete')
  async deleteService(context: RequestContext, args: IdArgs): Promise<null> {
    await this.services.delete(context, args.id);
    return null;
  }
}
