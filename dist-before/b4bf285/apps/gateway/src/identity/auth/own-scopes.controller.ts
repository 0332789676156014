import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainPage, ProjectPage, RoleAssignmentPage } from '#libs/contracts';
import type { RoleAssignmentData } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { contextOf } from '../../edge/request-state.js';
import { buildCatalog } from '../catalog/catalog.js';
import { catalogView } from '../catalog/catalog.view.js';
import { collectionView } from '../collection/collection.view.js';
import { domainView } from '../domains/domains.view.js';
import { projectView } from '../projects/projects.view.js';

/** `/v3/auth/{catalog,projects,domains,system}`: what the holder of a token may use or ask to be scoped to. */
@Controller('v3/auth')
export class OwnScopesController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
  ) {}

  @Get('catalog')
  catalog(@Req() request: FastifyRequest): object {
    const { project_id: project, domain_id: domain, system_scope: system } = contextOf(request);
    if (project === null && domain === null && system === null) {
      throw new Fault(403, 'A scoped token is required to produce a service catalog.', { code: 'Forbidden' });
    }
    const catalog = catalogView(buildCatalog(this.edge.settings, request.edge));
    return { catalog, links: { self: `${baseUrl(request)}${request.url}` } };
  }

  @Get('projects')
  async projects(@Req() request: FastifyRequest): Promise<object> {
    const page = await this.identity.call(request, 'user_projects', { user_id: userOf(request) });
    const views = ProjectPage.unwrap(page).objects.map((project) => projectView(baseUrl(request), project));
    return collectionView(request, 'projects', views);
  }

  @Get('domains')
  async domains(@Req() request: FastifyRequest): Promise<object> {
    const ids = (await this.#ownAssignments(request)).map((one) => one.domain_id).filter((id) => id !== null);
    if (ids.length === 0) return collectionView(request, 'domains', []);
    const page = await this.identity.call(request, 'domain_list', { filters: { id: [...new Set(ids)] } });
    const views = DomainPage.unwrap(page).objects.map((domain) => domainView(baseUrl(request), domain));
    return collectionView(request, 'domains', views);
  }

  @Get('system')
  async system(@Req() request: FastifyRequest): Promise<object> {
    const all = (await this.#ownAssignments(request)).some((one) => one.system === 'all');
    return collectionView(request, 'system', all ? [{ all: true }] : []);
  }

  async #ownAssignments(request: FastifyRequest): Promise<readonly RoleAssignmentData[]> {
    const args = { filters: { user_id: [userOf(request)] } };
    return RoleAssignmentPage.unwrap(await this.identity.call(request, 'role_assignment_list', args)).objects;
  }
}

function userOf(request: FastifyRequest): string {
  const { user_id: id } = contextOf(request);
  if (id === null) throw new Fault(401, 'The request you have made requires authentication.', { code: 'Unauthorized' });
  return id;
}
