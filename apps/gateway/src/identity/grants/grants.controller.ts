import { Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RolePage } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { collectionView } from '../collection/collection.js';
import { idsOf, linkController } from '../resource/link.controller.js';
import type { IdPath } from '../resource/link.controller.js';
import { roleView } from '../resource/resource-view.js';

const HOLDERS = ['users/:user', 'groups/:group'];
const PLACES = ['projects/:project', 'domains/:domain'];
const OWN = [...PLACES, 'system'].flatMap((place) => HOLDERS.map((holder) => `${place}/${holder}/roles`));
const INHERITED = PLACES.flatMap((place) => HOLDERS.map((holder) => `OS-INHERIT/${place}/${holder}/roles`));
export const GRANT_LISTS = [...OWN, ...INHERITED.map((path) => `${path}/inherited_to_projects`)];
const GRANTS = [
  ...OWN.map((path) => `${path}/:role`),
  ...INHERITED.map((path) => `${path}/:role/inherited_to_projects`),
];

/** Roles of a user or group on a project, a domain or the system. */
export class GrantsController extends linkController({
  paths: GRANTS,
  put: { method: 'grant_create' },
  get: { method: 'grant_check' },
  delete: { method: 'grant_delete' },
  changes: 'tokens',
}) {
  @Get(GRANT_LISTS)
  @AuthorizeObject([
    'identity:list_grants',
    'identity:list_system_grants_for_user',
    'identity:list_system_grants_for_group',
  ])
  async list(@Req() request: FastifyRequest, @Param() path: IdPath): Promise<object> {
    const args = { ...idsOf(path), ...this.moreOf(request, path) };
    const page = RolePage.unwrap(await this.identity.call(request, 'grant_list', args));
    const views = page.objects.map((role) => roleView(baseUrl(request), role));
    return collectionView(request, 'roles', views);
  }

  protected override moreOf({ routeOptions }: FastifyRequest, { project, domain }: IdPath): object {
    return {
      ...(project === undefined && domain === undefined ? { system: 'all' } : {}),
      ...(routeOptions.url?.endsWith('/inherited_to_projects') === true ? { inherited: true } : {}),
    };
  }
}
