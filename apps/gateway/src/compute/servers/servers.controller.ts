import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  IsIn,
  IsIP,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { Page, ServerCreateArgs, ServerData, ServerUpdateArgs, VersionedObject } from '#libs/contracts';
import { InVersions, IsDescription, IsName, IsServerHostname, Optional, Server, ServerPage } from '#libs/contracts';
import { ApiOptions } from '#libs/options';
import { Nested } from '#libs/messaging';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { queryOf } from '../../edge/query/query.js';
import { contextOf } from '../../edge/request-state.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { Pages } from '../paging.js';
import { generatePassword } from './admin-password.js';
import { diskConfigOf, serverCreateArgs } from './server-create.args.js';
import { ServerCreateBody } from './server-create.dto.js';
import { allTenants, serverListArgs } from './server-query.js';
import { shortAddress } from './addresses.view.js';
import { ServerViews } from './server-views.js';
import { diskConfigView, serverSummary } from './server.view.js';
import { versionOf } from '../versions/microversion.js';
import { findServer } from './find-server.js';

class ServerUpdate {
  @ValidateIf((_body, value) => value !== undefined)
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @IsName()
  name?: string;
  @Optional() @IsIP(4) accessIPv4?: string;
  @Optional() @IsIP(6) accessIPv6?: string;
  @Optional() @IsIn(['AUTO', 'MANUAL']) 'OS-DCF:diskConfig'?: string;
  @InVersions(19) @IsOptional() @IsDescription() description?: string | null;
  @InVersions(104) @IsOptional() @IsString() @MinLength(1) @MaxLength(255) @IsName() pinned_availability_zone?:
    | string
    | null;
  @InVersions(90) @Optional() @IsServerHostname() hostname?: string;
}

/** `PUT /servers/{id}`. */
export class ServerUpdateBody {
  @IsObject() @ValidateNested() @Nested(() => ServerUpdate) server!: ServerUpdate;
}

const NOTHING: Page<ServerData> = { objects: [], next_marker: null };

/** `/servers`. */
@Controller('v2.1/servers')
export class ServersController {
  constructor(
    private readonly edge: Edge,
    private readonly conductor: ConductorClient,
    private readonly views: ServerViews,
    private readonly pages: Pages,
    @Inject(ApiOptions) private readonly api: ApiOptions,
  ) {}

  @Get()
  @AuthorizeObject('os_compute_api:servers:index:get_all_tenants', 'os_compute_api:servers:index')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request, 'index');
    const links = this.pages.links(request);
    const servers = page.objects.map((server) => serverSummary(server, links));
    return { servers, ...this.pages.next(request, 'servers', 'servers', page.next_marker) };
  }

  @Get('detail')
  @AuthorizeObject('os_compute_api:servers:detail:get_all_tenants', 'os_compute_api:servers:detail')
  async detail(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request, 'detail');
    const servers = await this.views.many(request, page.objects);
    return { servers, ...this.pages.next(request, 'servers', 'servers/detail', page.next_marker) };
  }

  @Get(':id')
  @AuthorizeObject('os_compute_api:servers:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const server = await findServer(this.conductor, request, id);
    return { server: await this.views.one(request, server) };
  }

  @Post()
  @Authorize('os_compute_api:servers:create')
  @HttpCode(202)
  async create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ValidBody(ServerCreateBody) body: ServerCreateBody,
  ): Promise<unknown> {
    const args = serverCreateArgs(body, versionOf(request));
    const [server] = ServerPage.unwrap(await this.#create(request, args)).objects;
    if (server === undefined) throw new Error('server_create answered without a server');
    if (body.server.return_reservation_id === true) return { reservation_id: server.reservation_id };
    const links = this.views.links(request).both(`servers/${server.id}`);
    void reply.header('location', links[0]?.href ?? '');
    return {
      server: {
        id: server.id,
        links,
        'OS-DCF:diskConfig': diskConfigView(server),
        security_groups: server.security_groups.map((name) => ({ name })),
        ...(this.api.enableInstancePassword && {
          adminPass: body.server.adminPass ?? generatePassword(),
        }),
      },
    };
  }

  @Put(':id')
  @AuthorizeObject('os_compute_api:servers:update')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(ServerUpdateBody) body: ServerUpdateBody,
  ): Promise<unknown> {
    const { name, description, hostname, accessIPv4, accessIPv6 } = body.server;
    const autoDiskConfig = diskConfigOf(body.server['OS-DCF:diskConfig']);
    const { pinned_availability_zone: zone } = body.server;
    const args: ServerUpdateArgs = {
      id,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(hostname === undefined ? {} : { hostname }),
      ...(autoDiskConfig === undefined ? {} : { auto_disk_config: autoDiskConfig }),
      ...(zone === undefined ? {} : { pinned_availability_zone: zone }),
      ...(accessIPv4 === undefined ? {} : { access_ip_v4: accessIPv4 }),
      ...(accessIPv6 === undefined ? {} : { access_ip_v6: shortAddress(accessIPv6) }),
    };
    const server = Server.unwrap(await this.conductor.call(request, 'server_update', args));
    return { server: await this.views.updated(request, server) };
  }

  @Delete(':id')
  @AuthorizeObject('os_compute_api:servers:delete')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.conductor.call(request, 'server_delete', { id });
  }

  /**
   * A missing object that a create names (flavor, image, network, key) makes the request invalid (400), not the path
   * unknown (404).
   */
  async #create(request: FastifyRequest, args: ServerCreateArgs): Promise<VersionedObject<Page<ServerData>>> {
    try {
      return await this.conductor.call(request, 'server_create', args);
    } catch (error) {
      if (!(error instanceof Fault) || error.status !== 404) throw error;
      throw new Fault(400, error.message, { ...(error.code === undefined ? {} : { code: error.code }), cause: error });
    }
  }

  async #page(request: FastifyRequest, form: 'index' | 'detail'): Promise<Page<ServerData>> {
    const { policy } = this.edge;
    const query = queryOf(request);
    if (allTenants(query)) policy.authorize(request, `os_compute_api:servers:${form}:get_all_tenants`);
    const rights = {
      allFilters: policy.allows(request, 'os_compute_api:servers:allow_all_filters'),
      isAdmin: contextOf(request).is_admin,
    };
    const args = serverListArgs(request, this.pages, rights);
    if (args === undefined) return NOTHING;
    return ServerPage.unwrap(await this.conductor.call(request, 'server_list', args));
  }
}
