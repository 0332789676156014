import { Controller, Delete, Get, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Endpoint, EndpointGroup, ProjectPage, declarationOf } from '#libs/contracts';
import type { EndpointFilterArgs, EndpointFilterListArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { collectionView, objectId } from '../collection/collection.js';
import { projectView, resourceView } from '../resource/resource-view.js';
import { CatalogReader } from './catalog-reader.js';

interface LinkPath {
  readonly project: string;
  readonly id: string;
}

/** `/v3/OS-EP-FILTER`: which endpoints the catalog of a project tells, each by itself or by a group. */
@Controller('v3/OS-EP-FILTER')
export class EndpointFilterController {
  constructor(
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(CatalogReader) private readonly catalogs: CatalogReader,
  ) {}

  @Get('endpoints/:id/projects')
  @AuthorizeObject('identity:list_projects_for_endpoint')
  projectsOfEndpoint(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return this.#projects(request, { endpoint_id: objectId('endpoint', id) });
  }

  @Get('projects/:project/endpoints/:id')
  @AuthorizeObject('identity:check_endpoint_in_project')
  @HttpCode(204)
  checkEndpoint(@Req() request: FastifyRequest, @Param() path: LinkPath): Promise<void> {
    return this.#change(request, 'check', endpointLink(path));
  }

  @Put('projects/:project/endpoints/:id')
  @AuthorizeObject('identity:add_endpoint_to_project')
  @HttpCode(204)
  addEndpoint(@Req() request: FastifyRequest, @Param() path: LinkPath): Promise<void> {
    return this.#change(request, 'add', endpointLink(path));
  }

  @Delete('projects/:project/endpoints/:id')
  @AuthorizeObject('identity:remove_endpoint_from_project')
  @HttpCode(204)
  removeEndpoint(@Req() request: FastifyRequest, @Param() path: LinkPath): Promise<void> {
    return this.#change(request, 'remove', endpointLink(path));
  }

  @Get('projects/:project/endpoints')
  @AuthorizeObject('identity:list_endpoints_for_project')
  endpointsOfProject(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#endpoints(request, { project_id: objectId('project', project) });
  }

  @Get('projects/:project/endpoint_groups')
  @AuthorizeObject('identity:list_endpoint_groups_for_project')
  async groupsOfProject(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    const declaration = declarationOf(EndpointGroup);
    const args = { project_id: objectId('project', project) };
    const page = declaration.page.unwrap(await this.identity.call(request, 'endpoint_filter_groups', args));
    const views = page.objects.map((group) => resourceView(declaration, baseUrl(request), group));
    return collectionView(request, 'endpoint_groups', views);
  }

  @Get('endpoint_groups/:id/endpoints')
  @AuthorizeObject('identity:list_endpoints_associated_with_endpoint_group')
  endpointsOfGroup(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return this.#endpoints(request, { endpoint_group_id: objectId('endpoint group', id) });
  }

  @Get('endpoint_groups/:id/projects')
  @AuthorizeObject('identity:list_projects_associated_with_endpoint_group')
  projectsOfGroup(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return this.#projects(request, { endpoint_group_id: objectId('endpoint group', id) });
  }

  @Get('endpoint_groups/:id/projects/:project')
  @AuthorizeObject('identity:get_endpoint_group_in_project')
  async checkGroup(@Req() request: FastifyRequest, @Param() path: LinkPath): Promise<object> {
    await this.#change(request, 'check', groupLink(path));
    const self = `${baseUrl(request)}/v3/OS-EP-FILTER/endpoint_groups/${path.id}/projects/${path.project}`;
    return { project_endpoint_group: { endpoint_group_id: path.id, project_id: path.project, links: { self } } };
  }

  @Put('endpoint_groups/:id/projects/:project')
  @AuthorizeObject('identity:add_endpoint_group_to_project')
  @HttpCode(204)
  addGroup(@Req() request: FastifyRequest, @Param() path: LinkPath): Promise<void> {
    return this.#change(request, 'add', groupLink(path));
  }

  @Delete('endpoint_groups/:id/projects/:project')
  @AuthorizeObject('identity:remove_endpoint_group_from_project')
  @HttpCode(204)
  removeGroup(@Req() request: FastifyRequest, @Param() path: LinkPath): Promise<void> {
    return this.#change(request, 'remove', groupLink(path));
  }

  async #change(
    request: FastifyRequest,
    change: EndpointFilterArgs['change'],
    link: Omit<EndpointFilterArgs, 'change'>,
  ): Promise<void> {
    await this.identity.call(request, 'endpoint_filter', { ...link, change });
    if (change !== 'check') this.catalogs.forget();
  }

  async #projects(request: FastifyRequest, args: EndpointFilterListArgs): Promise<object> {
    const page = ProjectPage.unwrap(await this.identity.call(request, 'endpoint_filter_projects', args));
    const views = page.objects.map((project) => projectView(baseUrl(request), project));
    return collectionView(request, 'projects', views);
  }

  async #endpoints(request: FastifyRequest, args: EndpointFilterListArgs): Promise<object> {
    const declaration = declarationOf(Endpoint);
    const page = declaration.page.unwrap(await this.identity.call(request, 'endpoint_filter_endpoints', args));
    const views = page.objects.map((row) =>
      resourceView(declaration, baseUrl(request), this.catalogs.withUrl(request, row)),
    );
    return collectionView(request, 'endpoints', views);
  }
}

function endpointLink({ project, id }: LinkPath): Omit<EndpointFilterArgs, 'change'> {
  return { project_id: objectId('project', project), endpoint_id: objectId('endpoint', id) };
}

function groupLink({ project, id }: LinkPath): Omit<EndpointFilterArgs, 'change'> {
  return { project_id: objectId('project', project), endpoint_group_id: objectId('endpoint group', id) };
}
