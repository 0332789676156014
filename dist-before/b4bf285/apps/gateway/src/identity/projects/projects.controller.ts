import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Project, ProjectPage } from '#libs/contracts';
import type { ProjectCreateArgs } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { domainFor, withoutOptions } from '../collection/change-body.js';
import { isOn, listArgs, valueOf } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import { badRequest } from '../errors/keystone-faults.js';
import { ProjectCreateBody, ProjectUpdateBody } from './projects.dto.js';
import { projectView } from './projects.view.js';

@Controller('v3/projects')
export class ProjectsController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
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

  @Post()
  async create(@Req() request: FastifyRequest, @ValidBody(ProjectCreateBody) body: ProjectCreateBody): Promise<object> {
    const args = createArgs(request, body);
    return {
      project: projectView(baseUrl(request), Project.unwrap(await this.identity.call(request, 'project_create', args))),
    };
  }

  @Patch(':id')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(ProjectUpdateBody) body: ProjectUpdateBody,
  ): Promise<object> {
    const args = { ...withoutOptions(body.project), id: objectId('project', id) };
    const project = Project.unwrap(await this.identity.call(request, 'project_update', args));
    await this.edge.revocations.refreshNow();
    return { project: projectView(baseUrl(request), project) };
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.identity.call(request, 'project_delete', { id: objectId('project', id) });
    await this.edge.revocations.refreshNow();
  }
}

/** Without its own domain a project is in that of its parent, which is a domain here. */
function createArgs(request: FastifyRequest, body: ProjectCreateBody): ProjectCreateArgs {
  const { parent_id: parentId, domain_id: domainId, is_domain: _isDomain, ...fields } = withoutOptions(body.project);
  const domain = domainFor(request, domainId ?? parentId);
  if (parentId !== undefined && parentId !== null && parentId !== domain) {
    throw badRequest("Invalid input for field 'parent_id': projects below other projects are not supported.");
  }
  return { ...fields, domain_id: domain };
}
