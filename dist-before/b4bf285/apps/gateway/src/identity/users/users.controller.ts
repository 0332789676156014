import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ProjectPage, User, UserPage } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { domainFor, withoutOptions } from '../collection/change-body.js';
import { listArgs, valueOf } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import { projectView } from '../projects/projects.view.js';
import { PasswordChangeBody, UserCreateBody, UserUpdateBody } from './users.dto.js';
import { userView } from './users.view.js';

@Controller('v3/users')
export class UsersController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    this.policy.authorize(request, 'list_users', { domain_id: valueOf(query, 'domain_id') });
    const args = listArgs(query, { id: 'id', name: 'name', enabled: 'enabled', domain_id: 'domain_id' });
    const page = UserPage.unwrap(await this.identity.call(request, 'user_list', args));
    const views = page.objects.map((user) => userView(baseUrl(request), user));
    return collectionView(request, 'users', views);
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const user = User.unwrap(await this.identity.call(request, 'user_get', { id: objectId('user', id) }));
    this.policy.authorize(request, 'get_user', { user: { id: user.id, domain_id: user.domain_id } });
    return { user: userView(baseUrl(request), user) };
  }

  /** The projects on which a user has a role. */
  @Get(':id/projects')
  async projects(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const user = User.unwrap(await this.identity.call(request, 'user_get', { id: objectId('user', id) }));
    this.policy.authorize(request, 'list_user_projects', { user: { id: user.id, domain_id: user.domain_id } });
    const page = ProjectPage.unwrap(await this.identity.call(request, 'user_projects', { user_id: user.id }));
    const views = page.objects.map((project) => projectView(baseUrl(request), project));
    return collectionView(request, 'projects', views);
  }

  @Post()
  async create(@Req() request: FastifyRequest, @ValidBody(UserCreateBody) body: UserCreateBody): Promise<object> {
    const args = { ...withoutOptions(body.user), domain_id: domainFor(request, body.user.domain_id) };
    return { user: userView(baseUrl(request), User.unwrap(await this.identity.call(request, 'user_create', args))) };
  }

  @Patch(':id')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(UserUpdateBody) body: UserUpdateBody,
  ): Promise<object> {
    const args = { ...withoutOptions(body.user), id: objectId('user', id) };
    const user = User.unwrap(await this.identity.call(request, 'user_update', args));
    await this.edge.revocations.refreshNow();
    return { user: userView(baseUrl(request), user) };
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.identity.call(request, 'user_delete', { id: objectId('user', id) });
    await this.edge.revocations.refreshNow();
  }

  /** A user's own change of password; it ends all its tokens, also the one that asks. */
  @Post(':id/password')
  @HttpCode(204)
  async changePassword(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(PasswordChangeBody) body: PasswordChangeBody,
  ): Promise<void> {
    const { original_password, password } = body.user;
    const args = { user_id: objectId('user', id), original_password, password };
    await this.identity.call(request, 'user_change_password', args);
    await this.edge.revocations.refreshNow();
  }
}
