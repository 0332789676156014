import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Role, RolePage } from '#libs/contracts';
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
import { RoleCreateBody, RoleUpdateBody } from './roles.dto.js';
import { roleView } from './roles.view.js';

@Controller('v3/roles')
export class RolesController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    this.policy.authorize(request, 'list_roles');
    const args = listArgs(query, { id: 'id', name: 'name', domain_id: 'domain_id' });
    const page = RolePage.unwrap(await this.identity.call(request, 'role_list', args));
    const views = page.objects.map((role) => roleView(baseUrl(request), role));
    return collectionView(request, 'roles', views);
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    this.policy.authorize(request, 'get_role');
    const role = Role.unwrap(await this.identity.call(request, 'role_get', { id: objectId('role', id) }));
    return { role: roleView(baseUrl(request), role) };
  }

  @Post()
  async create(@Req() request: FastifyRequest, @ValidBody(RoleCreateBody) body: RoleCreateBody): Promise<object> {
    const { domain_id: _domain, ...args } = withoutOptions(body.role);
    return { role: roleView(baseUrl(request), Role.unwrap(await this.identity.call(request, 'role_create', args))) };
  }

  @Patch(':id')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(RoleUpdateBody) body: RoleUpdateBody,
  ): Promise<object> {
    const args = { ...withoutOptions(body.role), id: objectId('role', id) };
    const role = Role.unwrap(await this.identity.call(request, 'role_update', args));
    await this.edge.revocations.refreshNow();
    return { role: roleView(baseUrl(request), role) };
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.identity.call(request, 'role_delete', { id: objectId('role', id) });
    await this.edge.revocations.refreshNow();
  }
}
