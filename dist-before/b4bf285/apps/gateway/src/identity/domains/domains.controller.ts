import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Domain, DomainPage } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { withoutOptions } from '../collection/change-body.js';
import { listArgs } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import { DomainCreateBody, DomainUpdateBody } from './domains.dto.js';
import { domainView } from './domains.view.js';

@Controller('v3/domains')
export class DomainsController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    this.policy.authorize(request, 'list_domains');
    const args = listArgs(query, { id: 'id', name: 'name', enabled: 'enabled' });
    const page = DomainPage.unwrap(await this.identity.call(request, 'domain_list', args));
    const views = page.objects.map((domain) => domainView(baseUrl(request), domain));
    return collectionView(request, 'domains', views);
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const args = { id: objectId('domain', id) };
    const domain = Domain.unwrap(await this.identity.call(request, 'domain_get', args));
    this.policy.authorize(request, 'get_domain', { domain: { id: domain.id } });
    return { domain: domainView(baseUrl(request), domain) };
  }

  @Post()
  async create(@Req() request: FastifyRequest, @ValidBody(DomainCreateBody) body: DomainCreateBody): Promise<object> {
    const { tags: _tags, ...args } = withoutOptions(body.domain);
    return {
      domain: domainView(baseUrl(request), Domain.unwrap(await this.identity.call(request, 'domain_create', args))),
    };
  }

  @Patch(':id')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(DomainUpdateBody) body: DomainUpdateBody,
  ): Promise<object> {
    const { tags: _tags, ...fields } = withoutOptions(body.domain);
    const args = { ...fields, id: objectId('domain', id) };
    const domain = Domain.unwrap(await this.identity.call(request, 'domain_update', args));
    await this.edge.revocations.refreshNow();
    return { domain: domainView(baseUrl(request), domain) };
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.identity.call(request, 'domain_delete', { id: objectId('domain', id) });
    await this.edge.revocations.refreshNow();
  }
}
