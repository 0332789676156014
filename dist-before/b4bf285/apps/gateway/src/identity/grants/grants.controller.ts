import { Controller, Delete, Get, Head, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RolePage } from '#libs/contracts';
import type { GrantArgs, GrantListArgs } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { collectionView } from '../collection/collection.view.js';
import { objectId } from '../collection/object-id.js';
import { roleView } from '../roles/roles.view.js';

const LISTS = ['projects/:project/users/:user/roles', 'domains/:domain/users/:user/roles', 'system/users/:user/roles'];
const GRANTS = LISTS.map((path) => `${path}/:role`);

interface GrantPath {
  readonly project?: string;
  readonly domain?: string;
  readonly user?: string;
  readonly role?: string;
}

/** Roles of a user on a project, a domain or the system. Answers of single grants have no body. */
@Controller('v3')
export class GrantsController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
  ) {}

  @Get(LISTS)
  async list(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<object> {
    const page = RolePage.unwrap(await this.identity.call(request, 'grant_list', listArgs(path)));
    const views = page.objects.map((role) => roleView(baseUrl(request), role));
    return collectionView(request, 'roles', views);
  }

  @Put(GRANTS)
  @HttpCode(204)
  async create(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<void> {
    await this.identity.call(request, 'grant_create', grantArgs(path));
  }

  @Head(GRANTS)
  @HttpCode(204)
  async check(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<void> {
    await this.identity.call(request, 'grant_check', grantArgs(path));
  }

  @Get(GRANTS)
  @HttpCode(204)
  async show(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<void> {
    await this.identity.call(request, 'grant_check', grantArgs(path));
  }

  @Delete(GRANTS)
  @HttpCode(204)
  async revoke(@Req() request: FastifyRequest, @Param() path: GrantPath): Promise<void> {
    await this.identity.call(request, 'grant_delete', grantArgs(path));
    await this.edge.revocations.refreshNow();
  }
}

function listArgs({ project, domain, user = '' }: GrantPath): GrantListArgs {
  const user_id = objectId('user', user);
  if (project !== undefined) return { user_id, project_id: objectId('project', project) };
  return domain === undefined ? { user_id, system: 'all' } : { user_id, domain_id: objectId('domain', domain) };
}

function grantArgs(path: GrantPath): GrantArgs {
  return Object.assign(listArgs(path), { role_id: objectId('role', path.role ?? '') });
}
