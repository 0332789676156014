import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ResourceOptions } from '#libs/contracts';
import { Domain, DomainPage, IsResourceOptions } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { createArgs, updateArgs } from '../collection/change-args.js';
import type { RawQuery } from '../collection/collection-query.js';
import { listArgs } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import type { ResourceBody } from '../collection/resource-body.decorator.js';
import { BodyOf } from '../collection/resource-body.decorator.js';
import { domainView } from './domains.view.js';
import { IsBoolean, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { MayBeAbsent } from '../collection/may-be-absent.decorator.js';
import { IsTags } from '../projects/tags.decorator.js';

class DomainFields {
  @MayBeAbsent() @IsResourceOptions('domain') readonly options?: ResourceOptions;
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string | null;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @MayBeAbsent() @IsBoolean() readonly enabled?: boolean;
  @MayBeAbsent() @IsTags() readonly tags?: readonly string[];
}

/** `domain` of `POST /v3/domains`. */
class DomainCreate extends DomainFields {
  @IsString() @MinLength(1) @MaxLength(64) @Matches(/\S/) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(64) readonly explicit_domain_id?: string;
}

/** `domain` of `PATCH /v3/domains/{id}`. */
class DomainUpdate extends DomainFields {
  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(64) @Matches(/\S/) readonly name?: string;
}

@Controller('v3/domains')
export class DomainsController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  @AuthorizeObject('identity:list_domains')
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    this.policy.authorizeList(request, 'domain');
    const args = listArgs(query, { id: 'id', name: 'name', enabled: 'enabled' });
    const page = DomainPage.unwrap(await this.identity.call(request, 'domain_list', args));
    const views = page.objects.map((domain) => domainView(baseUrl(request), domain));
    return collectionView(request, 'domains', views);
  }

  @Get(':id')
  @AuthorizeObject('identity:get_domain')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const args = { id: objectId('domain', id) };
    const domain = Domain.unwrap(await this.identity.call(request, 'domain_get', args));
    return { domain: domainView(baseUrl(request), domain) };
  }

  @Post()
  @AuthorizeObject('identity:create_domain')
  async create(
    @Req() request: FastifyRequest,
    @BodyOf({ fields: DomainCreate, key: 'domain' }) body: ResourceBody<DomainCreate>,
  ): Promise<object> {
    const domain = Domain.unwrap(await this.identity.call(request, 'domain_create', createArgs(body)));
    return { domain: domainView(baseUrl(request), domain) };
  }

  @Patch(':id')
  @AuthorizeObject('identity:update_domain')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @BodyOf({ fields: DomainUpdate, key: 'domain' }) body: ResourceBody<DomainUpdate>,
  ): Promise<object> {
    const domain = Domain.unwrap(await this.identity.call(request, 'domain_update', updateArgs('domain', id, body)));
    await this.edge.revocations.refreshNow();
    return { domain: domainView(baseUrl(request), domain) };
  }

  @Delete(':id')
  @AuthorizeObject('identity:delete_domain')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.identity.call(request, 'domain_delete', { id: objectId('domain', id) });
    await this.edge.revocations.refreshNow();
  }
}
