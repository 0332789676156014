import type { ProjectData, RoleAssignmentData, UserData } from '#libs/contracts';

/** What `include_names` adds: the assignment itself does not know the domains of its user and project. */
export interface AssignmentNames {
  readonly users: ReadonlyMap<string, UserData>;
  readonly projects: ReadonlyMap<string, ProjectData>;
  /** Domain id → name. */
  readonly domains: ReadonlyMap<string, string>;
}

/** An assignment; with `names`, each part has its name and domain beside its id. */
export function roleAssignmentView(base: string, assignment: RoleAssignmentData, names?: AssignmentNames): object {
  const { role, user_id: userId, project_id: projectId, domain_id: domainId, system } = assignment;
  const { prior_role_id: prior } = assignment;
  const user = names?.users.get(userId);
  return {
    role: names === undefined ? { id: role.id } : { id: role.id, name: role.name },
    user: user === undefined ? { id: userId } : { id: userId, name: user.name, domain: domainOf(user) },
    scope: {
      ...(projectId === null ? {} : { project: scopeProject(projectId, names) }),
      ...(domainId === null ? {} : { domain: scopeDomain(domainId, names) }),
      ...(system === null ? {} : { system: { all: true } }),
    },
    links: {
      assignment: `${base}/v3/${scopePath(assignment)}/users/${userId}/roles/${prior ?? role.id}`,
      ...(prior == null ? {} : { prior_role: `${base}/v3/roles/${prior}` }),
    },
  };
}

function scopePath({ project_id: projectId, domain_id: domainId }: RoleAssignmentData): string {
  if (projectId !== null) return `projects/${projectId}`;
  return domainId === null ? 'system' : `domains/${domainId}`;
}

function scopeProject(id: string, names: AssignmentNames | undefined): object {
  const project = names?.projects.get(id);
  return project === undefined ? { id } : { id, name: project.name, domain: domainOf(project) };
}

function scopeDomain(id: string, names: AssignmentNames | undefined): object {
  const name = names?.domains.get(id);
  return name === undefined ? { id } : { id, name };
}

function domainOf(owned: { readonly domain_id: string; readonly domain_name: string }): object {
  return { id: owned.domain_id, name: owned.domain_name };
}
