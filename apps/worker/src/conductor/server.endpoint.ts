import {
  ConsoleAccess,
  InstanceAction,
  InstanceActionPage,
  InstanceMetadata,
  MigrationPage,
  Server,
  ServerActionResult,
  ServerEvents,
  ServerMetadata,
  ServerPage,
  ServerPassword,
  conductorContract,
} from '#libs/contracts';
import type {
  ConsoleAccessData,
  ConsoleTokenArgs,
  IdArgs,
  InstanceActionArgs,
  InstanceActionData,
  InstanceActionListArgs,
  InstanceArgs,
  InstanceMetadataArgs,
  InstanceMetadataData,
  InstancePasswordArgs,
  ListArgs,
  MigrationData,
  Page,
  ServerActArgs,
  ServerActionArgs,
  ServerActionResultData,
  ServerCreateArgs,
  ServerData,
  ServerEventsArgs,
  ServerEventsData,
  ServerMetadataArgs,
  ServerMetadataData,
  ServerMigrationsArgs,
  ServerPasswordArgs,
  ServerPasswordData,
  ServerUpdateArgs,
  VersionedObject,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { Delivery } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { ConsoleTokens } from './consoles/console-tokens.js';
import { MigrationList } from './migration-list.js';
import { BuildStart } from './servers/build-start.js';
import { InstanceActionList } from './servers/instance-action-list.js';
import { ServerActions } from './servers/server-actions.js';
import { ServerMetadataItems } from './servers/server-metadata.js';
import { ServerOutside } from './servers/server-outside.js';
import { ServerService } from './servers/server.service.js';

@RpcEndpoint(conductorContract)
export class ServerEndpoint {
  constructor(
    private readonly servers: ServerService,
    private readonly actions: ServerActions,
    private readonly builds: BuildStart,
    private readonly items: ServerMetadataItems,
    private readonly records: InstanceActionList,
    private readonly migrations: MigrationList,
    private readonly consoles: ConsoleTokens,
    private readonly outside: ServerOutside,
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
    await this.actions.actFirst(context, args);
    return null;
  }

  @RpcMethod('server_act')
  async actDeclared(context: RequestContext, args: ServerActArgs): Promise<VersionedObject<ServerActionResultData>> {
    return ServerActionResult.wrap(await this.actions.act(context, args));
  }

  @RpcMethod('migration_list')
  async listMigrations(context: RequestContext, args: ListArgs): Promise<VersionedObject<Page<MigrationData>>> {
    return MigrationPage.wrap(await this.migrations.list(context, args));
  }

  @RpcMethod('server_migrations')
  async liveMigrations(
    context: RequestContext,
    args: ServerMigrationsArgs,
  ): Promise<VersionedObject<Page<MigrationData>>> {
    return MigrationPage.wrap(await this.migrations.ofServer(context, args));
  }

  @RpcMethod('instance_action_list')
  async listRecords(
    context: RequestContext,
    args: InstanceActionListArgs,
  ): Promise<VersionedObject<Page<InstanceActionData>>> {
    return InstanceActionPage.wrap(await this.records.list(context, args));
  }

  @RpcMethod('instance_action_get')
  async getRecord(context: RequestContext, args: InstanceActionArgs): Promise<VersionedObject<InstanceActionData>> {
    return InstanceAction.wrap(await this.records.get(context, args));
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

  @RpcMethod('server_password')
  async password(context: RequestContext, args: ServerPasswordArgs): Promise<VersionedObject<ServerPasswordData>> {
    return ServerPassword.wrap({ password: await this.outside.password(context, args) });
  }

  @RpcMethod('instance_password_set')
  async setPassword(_context: RequestContext, args: InstancePasswordArgs): Promise<null> {
    await this.outside.setPassword(args);
    return null;
  }

  @RpcMethod('server_events')
  async takeEvents(context: RequestContext, args: ServerEventsArgs): Promise<VersionedObject<ServerEventsData>> {
    return ServerEvents.wrap({ codes: await this.outside.events(context, args) });
  }

  @RpcMethod('console_token_get')
  async consoleToken(context: RequestContext, args: ConsoleTokenArgs): Promise<VersionedObject<ConsoleAccessData>> {
    return ConsoleAccess.wrap(await this.consoles.get(context, args.token));
  }

  @RpcMethod('console_connect')
  async connectConsole(_context: RequestContext, args: ConsoleTokenArgs): Promise<VersionedObject<ConsoleAccessData>> {
    return ConsoleAccess.wrap(await this.consoles.connect(args.token));
  }

  @RpcMethod('schedule_and_build_instance')
  build(context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.builds.begin(context, args.instance_uuid, delivery);
  }
}
