import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Domain, DomainPage } from '#libs/contracts';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { listArgs } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import { domainView } from './domains.view.js';

@Controller('v3/domains')
export class DomainsController {
  constructor(
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
}
