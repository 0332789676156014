import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Port, PortPage } from '#libs/contracts';
import type { PortData } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { NetworkClient } from '../../edge/rpc/clients.js';
import { parseCreate, parseUpdate } from '../attributes/request-body.js';
import { expectedRevision } from '../query/expected-revision.js';
import { parseFields, parseListQuery } from '../query/list-query.js';
import type { RawQuery } from '../query/list-query.js';
import { NetworkPolicy } from '../resource/network-policy.js';
import { Presenter } from '../resource/presenter.js';
import { resourceId } from '../resource/resource-id.js';
import type { ResourceKind } from '../resource/resource-kind.js';
import { PortBody } from './ports.dto.js';
import { portFilters } from './ports.filters.js';
import { portView } from './ports.view.js';

const kind: ResourceKind<PortData> = {
  singular: 'port',
  plural: 'ports',
  notFound: 'PortNotFound',
  filters: portFilters,
  view: portView,
};

/** `/v2.0/ports`. */
@Controller('v2.0/ports')
export class PortsController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(NetworkClient) private readonly network: NetworkClient,
    @Inject(NetworkPolicy) private readonly policy: NetworkPolicy,
    @Inject(Presenter) private readonly presenter: Presenter,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Query() raw: RawQuery): Promise<object> {
    const parsed = parseListQuery(kind.filters, raw, this.edge.settings.networkMaxLimit);
    const page = PortPage.unwrap(await this.network.call(request, 'port_list', parsed.args));
    return this.presenter.list(request, kind, { raw, parsed }, page);
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    const { bulk, resources } = parseCreate(PortBody, kind, body, this.edge.settings.allowBulk);
    for (const resource of resources) this.policy.authorizeCreate(request, kind.singular, resource);
    const args = { ports: resources.map((resource) => resource.body) };
    const page = PortPage.unwrap(await this.network.call(request, 'port_create', args));
    return this.presenter.created(request, kind, bulk, page.objects);
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string, @Query() raw: RawQuery): Promise<object> {
    const args = { id: resourceId(kind, id) };
    const data = Port.unwrap(await this.network.call(request, 'port_get', args));
    return this.presenter.one(request, kind, data, parseFields(raw));
  }

  @Put(':id')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: unknown,
  ): Promise<object> {
    const resource = parseUpdate(PortBody, kind, body);
    const revision = expectedRevision(ifMatch);
    this.policy.authorizeUpdate(request, kind.singular, resource);
    const args = {
      id: resourceId(kind, id),
      port: resource.body,
      ...(revision === undefined ? {} : { expected_revision: revision }),
    };
    const data = Port.unwrap(await this.network.call(request, 'port_update', args));
    return this.presenter.one(request, kind, data);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    const revision = expectedRevision(ifMatch);
    const args = { id: resourceId(kind, id), ...(revision === undefined ? {} : { expected_revision: revision }) };
    await this.network.call(request, 'port_delete', args);
  }
}
