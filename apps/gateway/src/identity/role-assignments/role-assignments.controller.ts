import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RoleAssignmentPage } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { isSet, listArgs, valueOf } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { badRequest } from '../errors/keystone-faults.js';
import { roleAssignmentView } from './role-assignments.view.js';

const INHERITED_TO = 'scope.OS-INHERIT:inherited_to';

/** Pairs of filters that no assignment fits. */
const EXCLUSIVE: readonly (readonly [one: string, other: string, message: string])[] = [
  ['scope.domain.id', 'scope.project.id', 'Specify a domain or project, not both'],
  ['scope.domain.id', 'scope.system', 'Specify system or domain, not both'],
  ['scope.project.id', 'scope.system', 'Specify system or project, not both'],
  ['user.id', 'group.id', 'Specify a user or group, not both'],
];

@Controller('v3/role_assignments')
export class RoleAssignmentsController {
  constructor(
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  @AuthorizeObject(['identity:list_role_assignments', 'identity:list_role_assignments_for_tree'])
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    if (!isSet(query, 'include_subtree')) this.policy.authorizeList(request, 'role_assignment');
    requireOneEach(query);
    const page = await this.identity.call(request, 'role_assignment_list', { filters: filtersOf(query) });
    const withNames = isSet(query, 'include_names');
    const found = RoleAssignmentPage.unwrap(page).objects;
    const views = found.map((assignment) => roleAssignmentView(baseUrl(request), assignment, withNames));
    return collectionView(request, 'role_assignments', views);
  }
}

function requireOneEach(query: RawQuery): void {
  for (const [one, other, message] of EXCLUSIVE) {
    if (valueOf(query, one) && valueOf(query, other)) throw badRequest(message);
  }
  if (!isSet(query, 'effective')) return;
  if (valueOf(query, 'group.id')) {
    throw badRequest('Combining effective and group filter will always result in an empty list.');
  }
  if (isInherited(query) && valueOf(query, 'scope.domain.id')) {
    throw badRequest('Combining effective, domain and inherited filters will always result in an empty list.');
  }
}

function filtersOf(query: RawQuery): Readonly<Record<string, readonly string[]>> {
  const { filters } = listArgs(query, {
    'user.id': 'user_id',
    'group.id': 'group_id',
    'role.id': 'role_id',
    'scope.project.id': 'project_id',
    'scope.domain.id': 'domain_id',
  });
  const inherited = valueOf(query, INHERITED_TO);
  return {
    ...filters,
    ...(valueOf(query, 'scope.system') === 'all' ? { system: ['all'] } : {}),
    ...(isSet(query, 'effective') ? { effective: ['true'] } : {}),
    ...(isSet(query, 'include_subtree') ? { include_subtree: ['true'] } : {}),
    ...(inherited === undefined ? {} : { inherited: [String(isInherited(query))] }),
  };
}

function isInherited(query: RawQuery): boolean {
  return valueOf(query, INHERITED_TO) === 'projects';
}
