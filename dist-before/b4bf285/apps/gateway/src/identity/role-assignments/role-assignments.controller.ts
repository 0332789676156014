import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainPage, ProjectPage, RoleAssignmentPage, UserPage } from '#libs/contracts';
import type { ListArgs, RoleAssignmentData } from '#libs/contracts';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { isOn, listArgs, valueOf } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { roleAssignmentView } from './role-assignments.view.js';
import type { AssignmentNames } from './role-assignments.view.js';

/** Filters that speak of what is not there: groups and inherited assignments. They leave nothing. */
const EMPTY_FILTERS = ['group.id', 'scope.OS-INHERIT:inherited_to'];

@Controller('v3/role_assignments')
export class RoleAssignmentsController {
  constructor(
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    this.policy.authorize(request, 'list_role_assignments', { domain_id: valueOf(query, 'scope.domain.id') });
    if (EMPTY_FILTERS.some((name) => name in query)) return collectionView(request, 'role_assignments', []);
    const found = await this.#find(request, query);
    const names = isOn(query, 'include_names') ? await this.#names(request, found) : undefined;
    const views = found.map((assignment) => roleAssignmentView(baseUrl(request), assignment, names));
    return collectionView(request, 'role_assignments', views);
  }

  async #find(request: FastifyRequest, query: RawQuery): Promise<readonly RoleAssignmentData[]> {
    const args = listArgs(query, {
      'user.id': 'user_id',
      'role.id': 'role_id',
      'scope.project.id': 'project_id',
      'scope.domain.id': 'domain_id',
    });
    const filters = {
      ...args.filters,
      ...('scope.system' in query ? { system: ['all'] } : {}),
      ...(isOn(query, 'effective') ? { effective: ['true'] } : {}),
    };
    return RoleAssignmentPage.unwrap(await this.identity.call(request, 'role_assignment_list', { filters })).objects;
  }

  async #names(request: FastifyRequest, found: readonly RoleAssignmentData[]): Promise<AssignmentNames> {
    const users = byIds(found.map((one) => one.user_id));
    const projects = byIds(found.map((one) => one.project_id));
    const domains = byIds(found.map((one) => one.domain_id));
    const [userPage, projectPage, domainPage] = await Promise.all([
      users && this.identity.call(request, 'user_list', users),
      projects && this.identity.call(request, 'project_list', projects),
      domains && this.identity.call(request, 'domain_list', domains),
    ]);
    return {
      users: new Map(userPage && UserPage.unwrap(userPage).objects.map((user) => [user.id, user])),
      projects: new Map(projectPage && ProjectPage.unwrap(projectPage).objects.map((one) => [one.id, one])),
      domains: new Map(domainPage && DomainPage.unwrap(domainPage).objects.map((one) => [one.id, one.name])),
    };
  }
}

/** Undefined when there is nothing to ask for. */
function byIds(ids: readonly (string | null)[]): ListArgs | undefined {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  return wanted.length === 0 ? undefined : { filters: { id: wanted } };
}
