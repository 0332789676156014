import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Role, RolePage } from '#libs/contracts';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { listArgs } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import { roleView } from './roles.view.js';

@Controller('v3/roles')
export class RolesController {
  constructor(
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
}
