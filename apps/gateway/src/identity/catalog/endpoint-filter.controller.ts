import { Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Endpoint, EndpointGroup, ProjectPage, declarationOf } from '#libs/contracts';
import type { EndpointFilterArgs, EndpointFilterListArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { collectionView, objectId } from '../collection/collection.js';
import { idsOf, linkController } from '../resource/link.controller.js';
import type { IdPath } from '../resource/link.controller.js';
import { projectView, resourceView } from '../resource/resource-view.js';

const FILTER = 'OS-EP-FILTER';
const GROUP = `${FILTER}/endpoint_groups/:endpoint_group`;

const filter = (change: EndpointFilterArgs['change'], rule: string) =>
  ({ method: 'endpoint_filter', change, rule: `identity:${rule}` }) as const;

/** The endpoints of a project that are associated directly. */
export const EndpointsOfProjects = linkController({
  paths: [`${FILTER}/projects/:project/endpoints/:endpoint`],
  put: filter('add', 'add_endpoint_to_project'),
  get: filter('check', 'check_endpoint_in_project'),
  delete: filter('remove', 'remove_endpoint_from_project'),
  changes: 'catalog',
});

/** `/v3/OS-EP-FILTER`: the endpoints in the catalog of a project, associated directly or through a group. */
export class EndpointFilterController extends linkController({
  paths: [`${GROUP}/projects/:project`],
  put: filter('add', 'add_endpoint_group_to_project'),
  delete: filter('remove', 'remove_endpoint_group_from_project'),
  changes: 'catalog',
}) {
  @Get(`${FILTER}/endpoints/:id/projects`)
  @AuthorizeObject('identity:list_projects_for_endpoint')
  projectsOfEndpoint(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return this.#projects(request, { endpoint_id: objectId('endpoint', id) });
  }

  @Get(`${FILTER}/projects/:project/endpoints`)
  @AuthorizeObject('identity:list_endpoints_for_project')
  endpointsOfProject(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#endpoints(request, { project_id: objectId('project', project) });
  }

  @Get(`${FILTER}/projects/:project/endpoint_groups`)
  @AuthorizeObject('identity:list_endpoint_groups_for_project')
  async groupsOfProject(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    const declaration = declarationOf(EndpointGroup);
    const args = { project_id: objectId('project', project) };
    const page = declaration.page.unwrap(await this.identity.call(request, 'endpoint_filter_groups', args));
    const views = page.objects.map((group) => resourceView(declaration, baseUrl(request), group));
    return collectionView(request, 'endpoint_groups', views);
  }

  @Get(`${GROUP}/endpoints`)
  @AuthorizeObject('identity:list_endpoints_associated_with_endpoint_group')
  endpointsOfGroup(@Req() request: FastifyRequest, @Param() path: IdPath): Promise<object> {
    return this.#endpoints(request, idsOf(path));
  }

  @Get(`${GROUP}/projects`)
  @AuthorizeObject('identity:list_projects_associated_with_endpoint_group')
  projectsOfGroup(@Req() request: FastifyRequest, @Param() path: IdPath): Promise<object> {
    return this.#projects(request, idsOf(path));
  }

  @Get(`${GROUP}/projects/:project`)
  @AuthorizeObject('identity:get_endpoint_group_in_project')
  async showGroup(@Req() request: FastifyRequest, @Param() path: IdPath): Promise<object> {
    const ids = idsOf(path);
    await this.identity.callNamed(request, 'endpoint_filter', { ...ids, change: 'check' });
    const { endpoint_group: group, project } = path;
    const self = `${baseUrl(request)}/v3/${FILTER}/endpoint_groups/${group}/projects/${project}`;
    return { project_endpoint_group: { ...ids, links: { self } } };
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
