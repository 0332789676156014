import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Network, NetworkPage } from '#libs/contracts';
import type { NetworkData } from '#libs/contracts';
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
import { NetworkBody } from './networks.dto.js';
import { networkFilters } from './networks.filters.js';
import { networkView } from './networks.view.js';

const kind: ResourceKind<NetworkData> = {
  singular: 'network',
  plural: 'networks',
  notFound: 'NetworkNotFound',
  filters: networkFilters,
  view: networkView,
};

/** `/v2.0/networks`. */
@Controller('v2.0/networks')
export class NetworksController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(NetworkClient) private readonly network: NetworkClient,
    @Inject(NetworkPolicy) private readonly policy: NetworkPolicy,
    @Inject(Presenter) private readonly presenter: Presenter,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Query() raw: RawQuery): Promise<object> {
    const parsed = parseListQuery(kind.filters, raw, this.edge.settings.networkMaxLimit);
    const page = NetworkPage.unwrap(await this.network.call(request, 'network_list', parsed.args));
    return this.presenter.list(request, kind, { raw, parsed }, page);
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    const { bulk, resources } = parseCreate(NetworkBody, kind, body, this.edge.settings.allowBulk);
    for (const resource of resources) this.policy.authorizeCreate(request, kind.singular, resource);
    const args = { networks: resources.map((resource) => resource.body) };
    const page = NetworkPage.unwrap(await this.network.call(request, 'network_create', args));
    return this.presenter.created(request, kind, bulk, page.objects);
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string, @Query() raw: RawQuery): Promise<object> {
    const args = { id: resourceId(kind, id) };
    const data = Network.unwrap(await this.network.call(request, 'network_get', args));
    return this.presenter.one(request, kind, data, parseFields(raw));
  }

  @Put(':id')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: unknown,
  ): Promise<object> {
    const resource = parseUpdate(NetworkBody, kind, body);
    const revision = expectedRevision(ifMatch);
    this.policy.authorizeUpdate(request, kind.singular, resource);
    const args = {
      id: resourceId(kind, id),
      network: resource.body,
      ...(revision === undefined ? {} : { expected_revision: revision }),
    };
    const data = Network.unwrap(await this.network.call(request, 'network_update', args));
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
    await this.network.call(request, 'network_delete', args);
  }
}
