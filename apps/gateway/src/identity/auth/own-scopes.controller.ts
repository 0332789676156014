import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainPage, ProjectPage } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { contextOf } from '../../edge/request-state.js';
import { CatalogReader } from '../catalog/catalog-reader.js';
import { catalogView } from '../catalog/catalog.js';
import { collectionView } from '../collection/collection.js';
import { domainView, projectView } from '../resource/resource-view.js';

/**
 * `/v3/auth/{catalog,projects,domains,system}`: the possible scopes of a token's holder, and the catalog. Clients of
 * federations still request two of them below `/v3/OS-FEDERATION`.
 */
@Controller('v3')
export class OwnScopesController {
  constructor(
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(CatalogReader) private readonly catalogs: CatalogReader,
  ) {}

  @Get('auth/catalog')
  @Authorize('identity:get_auth_catalog')
  async catalog(@Req() request: FastifyRequest): Promise<object> {
    if (contextOf(request).project_id === null) {
      throw new Fault(403, 'A project-scoped token is required to produce a service catalog.', { code: 'Forbidden' });
    }
    const catalog = catalogView(await this.catalogs.read(request, request.edge.claims));
    return { catalog, links: { self: `${baseUrl(request)}${request.url}` } };
  }

  @Get(['auth/projects', 'OS-FEDERATION/projects'])
  @Authorize('identity:get_auth_projects')
  async projects(@Req() request: FastifyRequest): Promise<object> {
    const page = await this.identity.call(request, 'user_projects', { user_id: userOf(request) });
    const views = ProjectPage.unwrap(page).objects.map((project) => projectView(baseUrl(request), project));
    return collectionView(request, 'projects', views);
  }

  @Get(['auth/domains', 'OS-FEDERATION/domains'])
  @Authorize('identity:get_auth_domains')
  async domains(@Req() request: FastifyRequest): Promise<object> {
    const page = await this.identity.call(request, 'own_domains', null);
    const views = DomainPage.unwrap(page).objects.map((domain) => domainView(baseUrl(request), domain));
    return collectionView(request, 'domains', views);
  }

  @Get('auth/system')
  @Authorize('identity:get_auth_system')
  async system(@Req() request: FastifyRequest): Promise<object> {
    const all = await this.identity.call(request, 'own_system', null);
    return collectionView(request, 'system', all ? [{ all: true }] : []);
  }
}

function userOf(request: FastifyRequest): string {
  const { user_id: id } = contextOf(request);
  if (id === null) throw new Fault(401, 'The request you have made requires authentication.', { code: 'Unauthorized' });
  return id;
}
