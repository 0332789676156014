import type { RoleAssignmentData } from '#libs/contracts';

/** An assignment; `withNames`, each part has its name and domain beside its id. */
export function roleAssignmentView(base: string, assignment: RoleAssignmentData, withNames: boolean): object {
  const { role, user_id: userId, user_name: userName, system, prior_role_id: prior } = assignment;
  const user = { id: userId, name: userName, domain: domainOf(assignment.user_domain_id, assignment.user_domain_name) };
  return {
    role: withNames ? { id: role.id, name: role.name } : { id: role.id },
    user: withNames ? user : { id: userId },
    scope: {
      ...scopeProject(assignment, withNames),
      ...scopeDomain(assignment, withNames),
      ...(system === null ? {} : { system: { all: true } }),
    },
    links: {
      assignment: `${base}/v3/${scopePath(assignment)}/users/${userId}/roles/${prior ?? role.id}`,
      ...(prior == null ? {} : { prior_role: `${base}/v3/prior_role/${role.id}/implies/${prior}` }),
    },
  };
}

function scopePath({ project_id: projectId, domain_id: domainId }: RoleAssignmentData): string {
  if (projectId !== null) return `projects/${projectId}`;
  return domainId === null ? 'system' : `domains/${domainId}`;
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
