import type { ProjectData } from '#libs/contracts';

/** A project; right below its domain that is its parent. A domain among them has neither. */
export function projectView(base: string, project: ProjectData): object {
  return {
    ...project.extra,
    id: project.id,
    name: project.name,
    domain_id: project.domain_id,
    description: project.description,
    enabled: project.enabled,
    parent_id: project.parent_id ?? project.domain_id,
    is_domain: project.is_domain ?? false,
    tags: project.tags ?? [],
    options: project.options ?? {},
    links: { self: `${base}/v3/projects/${project.id}` },
  };
}
