import { InstanceMetadata, Server, ServerMetadata, ServerPage, conductorContract } from '#libs/contracts';
import type {
  IdArgs,
  InstanceArgs,
  InstanceMetadataArgs,
  InstanceMetadataData,
  ListArgs,
  Page,
  ServerActionArgs,
  ServerCreateArgs,
  ServerData,
  ServerMetadataArgs,
  ServerMetadataData,
  ServerUpdateArgs,
  VersionedObject,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging';
import type { Delivery } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { BuildStart } from './servers/build-start.js';
import { ServerActions } from './servers/server-actions.js';
import { ServerMetadataItems } from './servers/server-metadata.js';
import { ServerService } from './servers/server.service.js';

@RpcEndpoint(conductorContract)
export class ServerEndpoint {
  constructor(
    private readonly servers: ServerService,
    private readonly actions: ServerActions,
    private readonly builds: BuildStart,
    private readonly items: ServerMetadataItems,
  ) {}

  @RpcMethod('server_create')
  async create(context: RequestContext, args: ServerCreateArgs): Promise<VersionedObject<Page<ServerData>>> {
    return ServerPage.wrap(await this.servers.create(context, args));
  }

  @RpcMethod('server_list')
  async list(context: RequestContext, args: ListArgs): Promise<VersionedObject<Page<ServerData>>> {
    return ServerPage.wrap(await this.servers.list(context, args));
  }

  @RpcMethod('server_get')
  async get(context: RequestContext, args: IdArgs): Promise<VersionedObject<ServerData>> {
    return Server.wrap(await this.servers.get(context, args.id));
  }

  @RpcMethod('server_update')
  async update(context: RequestContext, args: ServerUpdateArgs): Promise<VersionedObject<ServerData>> {
    return Server.wrap(await this.servers.update(context, args));
  }

  @RpcMethod('server_delete')
  async delete(context: RequestContext, args: IdArgs): Promise<null> {
    await this.actions.delete(context, args.id);
    return null;
  }

  @RpcMethod('server_action')
  async act(context: RequestContext, args: ServerActionArgs): Promise<null> {
    await this.actions.act(context, args);
    return null;
  }

  @RpcMethod('server_metadata_change')
  async changeMetadata(
    context: RequestContext,
    args: ServerMetadataArgs,
  ): Promise<VersionedObject<ServerMetadataData>> {
    return ServerMetadata.wrap({ items: await this.items.change(context, args) });
  }

  @RpcMethod('instance_metadata')
  async metadata(_context: RequestContext, args: InstanceMetadataArgs): Promise<VersionedObject<InstanceMetadataData>> {
    return InstanceMetadata.wrap(await this.servers.metadata(args));
  }

  @RpcMethod('schedule_and_build_instance')
  build(context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.builds.begin(context, args.instance_uuid, delivery);
  }
}
