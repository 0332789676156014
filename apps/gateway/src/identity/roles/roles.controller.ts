import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ResourceOptions } from '#libs/contracts';
import { IsResourceOptions, Role, RolePage } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { createArgs, updateArgs } from '../collection/change-args.js';
import type { RawQuery } from '../collection/collection-query.js';
import { listArgs, valueOf } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import type { ResourceBody } from '../collection/resource-body.decorator.js';
import { BodyOf } from '../collection/resource-body.decorator.js';
import { roleView } from './roles.view.js';
import { IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { MayBeAbsent } from '../collection/may-be-absent.decorator.js';

class RoleFields {
  @MayBeAbsent() @IsResourceOptions('role') readonly options?: ResourceOptions;
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string | null;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string | null;
}

/** `role` of `POST /v3/roles`. */
export class RoleCreate extends RoleFields {
  @IsString() @MinLength(1) @MaxLength(255) @Matches(/\S/) readonly name!: string;
}

/** `role` of `PATCH /v3/roles/{id}`. */
class RoleUpdate extends RoleFields {
  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(255) @Matches(/\S/) readonly name?: string;
}

@Controller('v3/roles')
export class RolesController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  @AuthorizeObject(['identity:list_roles', 'identity:list_domain_roles'])
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    if (valueOf(query, 'domain_id')) this.policy.authorize(request, 'list_domain_roles');
    else this.policy.authorizeList(request, 'role');
    const args = listArgs(query, { id: 'id', name: 'name', domain_id: 'domain_id' });
    const page = RolePage.unwrap(await this.identity.call(request, 'role_list', args));
    const views = page.objects.map((role) => roleView(baseUrl(request), role));
    return collectionView(request, 'roles', views);
  }

  @Get(':id')
  @AuthorizeObject(['identity:get_role', 'identity:get_domain_role'])
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const role = Role.unwrap(await this.identity.call(request, 'role_get', { id: objectId('role', id) }));
    return { role: roleView(baseUrl(request), role) };
  }

  @Post()
  @AuthorizeObject(['identity:create_role', 'identity:create_domain_role'])
  async create(
    @Req() request: FastifyRequest,
    @BodyOf({ fields: RoleCreate, key: 'role' }) body: ResourceBody<RoleCreate>,
  ): Promise<object> {
    const role = Role.unwrap(await this.identity.call(request, 'role_create', createArgs(body)));
    return { role: roleView(baseUrl(request), role) };
  }

  @Patch(':id')
  @AuthorizeObject(['identity:update_role', 'identity:update_domain_role'])
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @BodyOf({ fields: RoleUpdate, key: 'role' }) body: ResourceBody<RoleUpdate>,
  ): Promise<object> {
    const role = Role.unwrap(await this.identity.call(request, 'role_update', updateArgs('role', id, body)));
    await this.edge.revocations.refreshNow();
    return { role: roleView(baseUrl(request), role) };
  }

  @Delete(':id')
  @AuthorizeObject(['identity:delete_role', 'identity:delete_domain_role'])
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.identity.call(request, 'role_delete', { id: objectId('role', id) });
    await this.edge.revocations.refreshNow();
  }
}
