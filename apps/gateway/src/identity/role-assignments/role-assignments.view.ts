import type { RoleAssignmentData } from '#libs/contracts';

/** An assignment; `withNames`, each part has its name and domain beside its id. */
export function roleAssignmentView(base: string, assignment: RoleAssignmentData, withNames: boolean): object {
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

/** What was assigned, also where the row is what came of it. */
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
