import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ResourceOptions } from '#libs/contracts';
import { IsResourceOptions, ProjectPage, User, UserPage } from '#libs/contracts';
import { AuthorizeObject, Open } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { createArgs, domainFor, updateArgs } from '../collection/change-args.js';
import type { RawQuery } from '../collection/collection-query.js';
import { listArgs } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import type { ResourceBody } from '../collection/resource-body.decorator.js';
import { BodyOf } from '../collection/resource-body.decorator.js';
import { projectView } from '../projects/projects.view.js';
import { userView } from './users.view.js';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Nested } from '#libs/messaging';
import { MayBeAbsent } from '../collection/may-be-absent.decorator.js';

class UserFields {
  @MayBeAbsent() @IsResourceOptions('user') readonly options?: ResourceOptions;
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string | null;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @MayBeAbsent() @IsBoolean() readonly enabled?: boolean;
  @IsOptional() @IsString() @MaxLength(255) readonly email?: string | null;
  @IsOptional() @IsString() @MaxLength(4096) readonly password?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly default_project_id?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string | null;
  /** Users of other identity providers are not there: clients send an empty list. */
  @MayBeAbsent() @IsArray() @ArrayMaxSize(0) readonly federated?: readonly unknown[];
}

/** `user` of `POST /v3/users`. */
class UserCreate extends UserFields {
  @IsString() @MinLength(1) @MaxLength(255) @Matches(/\S/) readonly name!: string;
}

/** `user` of `PATCH /v3/users/{id}`. */
class UserUpdate extends UserFields {
  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(255) @Matches(/\S/) readonly name?: string;
}

class PasswordChange {
  @IsString() @MaxLength(4096) readonly original_password!: string;
  @IsString() @MinLength(1) @MaxLength(4096) readonly password!: string;
}

/** `POST /v3/users/{id}/password`. */
class PasswordChangeBody {
  @IsObject() @ValidateNested() @Nested(() => PasswordChange) readonly user!: PasswordChange;
}

@Controller('v3/users')
export class UsersController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  @AuthorizeObject('identity:list_users')
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    this.policy.authorizeList(request, 'user');
    const args = listArgs(query, { id: 'id', name: 'name', enabled: 'enabled', domain_id: 'domain_id' });
    const page = UserPage.unwrap(await this.identity.call(request, 'user_list', args));
    const views = page.objects.map((user) => userView(baseUrl(request), user));
    return collectionView(request, 'users', views);
  }

  @Get(':id')
  @AuthorizeObject('identity:get_user')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const user = User.unwrap(await this.identity.call(request, 'user_get', { id: objectId('user', id) }));
    return { user: userView(baseUrl(request), user) };
  }

  /** The projects on which a user has a role. */
  @Get(':id/projects')
  @AuthorizeObject('identity:list_user_projects')
  async projects(@Req() request: FastifyRequest, @Param('id') id: string, @Query() query: RawQuery): Promise<object> {
    const { filters } = listArgs(query, { name: 'name', enabled: 'enabled', domain_id: 'domain_id' });
    const user = { user_id: objectId('user', id) };
    const args = Object.keys(filters).length === 0 ? user : { ...user, filters };
    const page = ProjectPage.unwrap(await this.identity.call(request, 'user_projects', args));
    const views = page.objects.map((project) => projectView(baseUrl(request), project));
    return collectionView(request, 'projects', views);
  }

  @Post()
  @AuthorizeObject('identity:create_user')
  async create(
    @Req() request: FastifyRequest,
    @BodyOf({ fields: UserCreate, key: 'user' }) body: ResourceBody<UserCreate>,
  ): Promise<object> {
    // Before a domain is chosen for a body without one: the manager of a domain has to name it.
    const { domain_id: domainId } = body.fields;
    this.policy.authorize(request, 'create_user', { user: domainId === undefined ? {} : { domain_id: domainId } });
    const { federated: _federated, ...args } = createArgs(body);
    const named = { ...args, domain_id: domainFor(request, domainId) };
    const user = User.unwrap(await this.identity.call(request, 'user_create', named));
    return { user: userView(baseUrl(request), user) };
  }

  @Patch(':id')
  @AuthorizeObject('identity:update_user')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @BodyOf({ fields: UserUpdate, key: 'user' }) body: ResourceBody<UserUpdate>,
  ): Promise<object> {
    const { federated: _federated, ...args } = updateArgs('user', id, body);
    const user = User.unwrap(await this.identity.call(request, 'user_update', args));
    await this.edge.revocations.refreshNow();
    return { user: userView(baseUrl(request), user) };
  }

  @Delete(':id')
  @AuthorizeObject('identity:delete_user')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.identity.call(request, 'user_delete', { id: objectId('user', id) });
    await this.edge.revocations.refreshNow();
  }

  /** A user's own change of password, by who knows it, also when it is over; it ends all its tokens. */
  @Post(':id/password')
  @Open()
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
