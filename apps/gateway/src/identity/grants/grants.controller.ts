import { Controller, Delete, Get, Head, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RolePage } from '#libs/contracts';
import type { GrantArgs, GrantListArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { collectionView, objectId } from '../collection/collection.js';
import { roleView } from '../resource/resource-view.js';

const HOLDERS = ['users/:user', 'groups/:group'];
const PLACES = ['projects/:project', 'domains/:domain'];
const OWN = [...PLACES, 'system'].flatMap((place) => HOLDERS.map((holder) => `${place}/${holder}/roles`));
const INHERITED = PLACES.flatMap((place) => HOLDERS.map((holder) => `OS-INHERIT/${place}/${holder}/roles`));
export const GRANT_LISTS = [...OWN, ...INHERITED.map((path) => `${path}/inherited_to_projects`)];
export const GRANTS = [
  ...OWN.map((path) => `${path}/:role`),
  ...INHERITED.map((path) => `${path}/:role/inherited_to_projects`),
];

interface GrantPath {
  readonly project?: string;
  readonly domain?: string;
  readonly user?: string;
  readonly group?: string;
  readonly role?: string;
}

/** Roles of a user or group on a project, a domain or the system. Answers of single grants have no body. */
@Controller('v3')
export class GrantsController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
  ) {}

  @Get(GRANT_LISTS)
  @AuthorizeObject([
    'identity:list_grants',
    'identity:list_system_grants_for_user',
    'identity:list_system_grants_for_group',
  ])
  async list(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<object> {
    const page = RolePage.unwrap(await this.identity.call(request, 'grant_list', listArgs(request, path)));
    const views = page.objects.map((role) => roleView(baseUrl(request), role));
    return collectionView(request, 'roles', views);
  }

  @Put(GRANTS)
  @AuthorizeObject([
    'identity:create_grant',
    'identity:create_system_grant_for_user',
    'identity:create_system_grant_for_group',
  ])
  @HttpCode(204)
  async create(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<void> {
    await this.identity.call(request, 'grant_create', grantArgs(request, path));
  }

  @Head(GRANTS)
  @AuthorizeObject([
    'identity:check_grant',
    'identity:check_system_grant_for_user',
    'identity:check_system_grant_for_group',
  ])
  @HttpCode(204)
  async check(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<void> {
    await this.identity.call(request, 'grant_check', grantArgs(request, path));
  }

  @Get(GRANTS)
  @AuthorizeObject([
    'identity:check_grant',
    'identity:check_system_grant_for_user',
    'identity:check_system_grant_for_group',
  ])
  @HttpCode(204)
  async show(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<void> {
    await this.identity.call(request, 'grant_check', grantArgs(request, path));
  }

  @Delete(GRANTS)
  @AuthorizeObject([
    'identity:revoke_grant',
    'identity:revoke_system_grant_for_user',
    'identity:revoke_system_grant_for_group',
  ])
  @HttpCode(204)
  async revoke(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<void> {
    await this.identity.call(request, 'grant_delete', grantArgs(request, path));
    await this.edge.revocations.refreshNow();
  }
}

function listArgs({ routeOptions }: FastifyRequest, path: GrantPath): GrantListArgs {
  const { project, domain, user, group } = path;
  return {
    ...(group === undefined ? { user_id: objectId('user', user ?? '') } : { group_id: objectId('group', group) }),
    ...(project === undefined ? {} : { project_id: objectId('project', project) }),
    ...(domain === undefined ? {} : { domain_id: objectId('domain', domain) }),
    ...(project === undefined && domain === undefined ? { system: 'all' } : {}),
    ...(routeOptions.url?.endsWith('/inherited_to_projects') === true ? { inherited: true } : {}),
  };
}

function grantArgs(request: FastifyRequest, path: GrantPath): GrantArgs {
  return Object.assign(listArgs(request, path), { role_id: objectId('role', path.role ?? '') });
}
