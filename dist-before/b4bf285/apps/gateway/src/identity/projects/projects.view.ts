import type { ProjectData } from '#libs/contracts';

/** A project; none has children or is a domain here, so its parent is its domain. */
export function projectView(base: string, project: ProjectData): object {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.domain_id,
    description: project.description,
    enabled: project.enabled,
    parent_id: project.domain_id,
    is_domain: false,
    tags: project.tags ?? [],
    options: {},
    links: { self: `${base}/v3/projects/${project.id}` },
  };
}
