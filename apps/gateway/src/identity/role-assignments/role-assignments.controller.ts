import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RoleAssignmentData } from '#libs/contracts';
import { RoleAssignmentPage } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { isSet, listArgs, valueOf, collectionView } from '../collection/collection.js';
import type { RawQuery } from '../collection/collection.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { badRequest } from '../errors/keystone-faults.js';

/** An assignment; `withNames`: each part also has its name and domain. */
function roleAssignmentView(base: string, assignment: RoleAssignmentData, withNames: boolean): object {
  const { role, user_id: userId, group_id: groupId, system, prior_role_id: prior, inherited } = assignment;
  const isInherited = inherited === true;
  const path = `${placePath(assignment)}/${groupId == null ? `users/${userId}` : `groups/${groupId}`}/roles/${prior ?? role.id}`;
  return {
    role: withNames ? roleWithNames(assignment) : { id: role.id },
    ...(userId === null ? groupOf(assignment, withNames) : userOf(assignment, withNames)),
    scope: {
      ...scopeProject(assignment, withNames),
      ...scopeDomain(assignment, withNames),
      ...(system === null ? {} : { system: { all: true } }),
      ...(isInherited ? { 'OS-INHERIT:inherited_to': 'projects' } : {}),
    },
    links: {
      assignment: isInherited ? `${base}/v3/OS-INHERIT/${path}/inherited_to_projects` : `${base}/v3/${path}`,
      ...(userId === null || groupId == null ? {} : { membership: `${base}/v3/groups/${groupId}/users/${userId}` }),
      ...(prior == null ? {} : { prior_role: `${base}/v3/prior_role/${role.id}/implies/${prior}` }),
    },
  };
}

/** The original assignment, even if the row was derived from it. */
function placePath(assignment: RoleAssignmentData): string {
  const {
    from_project_id: fromProject,
    from_domain_id: fromDomain,
    project_id: project,
    domain_id: domain,
  } = assignment;
  if (fromDomain != null) return `domains/${fromDomain}`;
  if (fromProject != null) return `projects/${fromProject}`;
  if (project !== null) return `projects/${project}`;
  return domain === null ? 'system' : `domains/${domain}`;
}

function roleWithNames({ role }: RoleAssignmentData): object {
  const domainName: unknown = Reflect.get(role, 'domain_name');
  const named = { id: role.id, name: role.name };
  return role.domain_id === null ? named : { ...named, domain: { id: role.domain_id, name: domainName ?? '' } };
}

function userOf(assignment: RoleAssignmentData, withNames: boolean): object {
  const { user_id: id, user_name: name } = assignment;
  const domain = domainOf(assignment.user_domain_id, assignment.user_domain_name);
  return { user: withNames ? { id, name, domain } : { id } };
}

function groupOf(assignment: RoleAssignmentData, withNames: boolean): object {
  const { group_id: id, group_name: name } = assignment;
  const domain = domainOf(assignment.group_domain_id, assignment.group_domain_name);
  return { group: withNames ? { id, name, domain } : { id } };
}

function scopeProject(assignment: RoleAssignmentData, withNames: boolean): { project?: object } {
  const { project_id: id, project_name: name } = assignment;
  if (id === null) return {};
  const domain = domainOf(assignment.project_domain_id, assignment.project_domain_name);
  return { project: withNames ? { id, name, domain } : { id } };
}

function scopeDomain(
  { domain_id: id, domain_name: name }: RoleAssignmentData,
  withNames: boolean,
): { domain?: object } {
  if (id === null) return {};
  return { domain: withNames ? domainOf(id, name) : { id } };
}

function domainOf(id: string | null | undefined, name: string | null | undefined): object {
  return { id: id ?? '', name: name ?? '' };
}

const INHERITED_TO = 'scope.OS-INHERIT:inherited_to';

/** Pairs of filters that exclude each other. */
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
