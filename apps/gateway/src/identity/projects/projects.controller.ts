import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Project, ProjectPage } from '#libs/contracts';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { isOn, listArgs, valueOf } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import { projectView } from './projects.view.js';

@Controller('v3/projects')
export class ProjectsController {
  constructor(
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    this.policy.authorize(request, 'list_projects', { domain_id: valueOf(query, 'domain_id') });
    // No project is a domain or below another one, so these filters leave nothing.
    if (isOn(query, 'is_domain')) return collectionView(request, 'projects', []);
    const args = listArgs(query, {
      id: 'id',
      name: 'name',
      enabled: 'enabled',
      domain_id: 'domain_id',
      parent_id: 'domain_id',
    });
    const page = ProjectPage.unwrap(await this.identity.call(request, 'project_list', args));
    const views = page.objects.map((project) => projectView(baseUrl(request), project));
    return collectionView(request, 'projects', views);
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const args = { id: objectId('project', id) };
    const project = Project.unwrap(await this.identity.call(request, 'project_get', args));
    this.policy.authorize(request, 'get_project', { project: { id: project.id, domain_id: project.domain_id } });
    return { project: projectView(baseUrl(request), project) };
  }
}
