import { sql } from 'kysely';
import { booleanFilter, textFilter } from '../listing/filters.js';
import type { ListDefinition } from '../listing/list-definition.js';
import { tagFilters, textFilters } from './identity-filters.js';

export const domainList: ListDefinition = {
  from: sql`domains d`,
  select: sql`d.id, d.name, d.description, d.enabled, d.tags, d.options, d.extra`,
  id: sql`d.id`,
  filters: { id: textFilter('d.id'), ...textFilters('name', sql`d.name`, true), enabled: booleanFilter('d.enabled') },
  sortKeys: { id: sql`d.id`, name: sql`d.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

/** Projects, and domains as keystone's API shows them among the projects: without a domain and a parent. */
export const projectList: ListDefinition = {
  from: sql`(
      select id, name, domain_id, parent_id, description, enabled, tags, options, extra, false as is_domain from projects
      union all
      select id, name, null, null, description, enabled, tags, options, extra, true from domains
    ) p left join domains d on d.id = p.domain_id`,
  select: sql`p.id, p.name, p.domain_id, d.name as domain_name, p.description, p.enabled, p.tags, p.parent_id,
    p.options, p.extra, p.is_domain`,
  id: sql`p.id`,
  filters: {
    id: textFilter('p.id'),
    ...textFilters('name', sql`p.name`),
    ...textFilters('domain_id', sql`p.domain_id`),
    ...textFilters('parent_id', sql`coalesce(p.parent_id, p.domain_id)`),
    ...tagFilters(sql`p.tags`),
    enabled: booleanFilter('p.enabled'),
    is_domain: booleanFilter('p.is_domain'),
  },
  sortKeys: { id: sql`p.id`, name: sql`p.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

export const userList: ListDefinition = {
  from: sql`users u join domains d on d.id = u.domain_id`,
  select: sql`u.id, u.name, u.domain_id, d.name as domain_name, u.enabled, u.default_project_id, u.email, u.description,
    u.options, u.extra`,
  id: sql`u.id`,
  filters: {
    id: textFilter('u.id'),
    ...textFilters('name', sql`u.name`),
    ...textFilters('domain_id', sql`u.domain_id`),
    default_project_id: textFilter('u.default_project_id'),
    enabled: booleanFilter('u.enabled'),
  },
  sortKeys: { id: sql`u.id`, name: sql`u.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

export const roleList: ListDefinition = {
  from: sql`roles r`,
  select: sql`r.id, r.name, r.domain_id, r.description, r.options, r.extra`,
  id: sql`r.id`,
  filters: {
    id: textFilter('r.id'),
    ...textFilters('name', sql`r.name`),
    ...textFilters('domain_id', sql`r.domain_id`),
  },
  sortKeys: { id: sql`r.id`, name: sql`r.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

const ASSIGNMENT_NAMES = sql`join roles r on r.id = a.role_id join users u on u.id = a.user_id
    join domains ud on ud.id = u.domain_id left join projects p on p.id = a.project_id
    left join domains pd on pd.id = p.domain_id left join domains d on d.id = a.domain_id`;

export const assignmentList: ListDefinition = {
  from: sql`role_assignments a ${ASSIGNMENT_NAMES}`,
  select: sql`a.id, jsonb_build_object('id', r.id, 'name', r.name, 'domain_id', r.domain_id) as role, a.user_id,
    u.name as user_name, u.domain_id as user_domain_id, ud.name as user_domain_name, a.project_id,
    p.name as project_name, p.domain_id as project_domain_id, pd.name as project_domain_name, a.domain_id,
    d.name as domain_name, a.system`,
  id: sql`a.id`,
  filters: {
    user_id: textFilter('a.user_id'),
    project_id: textFilter('a.project_id'),
    domain_id: textFilter('a.domain_id'),
    role_id: textFilter('a.role_id'),
    system: textFilter('a.system'),
    /** The project and those below it. */
    subtree: (ids) => sql<boolean>`a.project_id in (
      with recursive below (id) as (
        select id from projects where id = any(${[...ids]}::text[])
        union
        select c.id from projects c join below b on c.parent_id = b.id
      ) select id from below)`,
  },
  sortKeys: { id: sql`a.id` },
  defaultSort: [{ key: 'id', dir: 'asc' }],
};

/**
 * The assignments on projects and domains with what they imply: a row for each role that a user holds somewhere, with
 * the role that gave it. Those on the system are not among them, as in keystone.
 */
export const effectiveAssignmentList: ListDefinition = {
  ...assignmentList,
  from: sql`(
      with recursive held (id, user_id, project_id, domain_id, system, role_id, prior_role_id) as (
        select id, user_id, project_id, domain_id, system, role_id, null::text from role_assignments
        where system is null
        union
        select h.id, h.user_id, h.project_id, h.domain_id, h.system, i.implied_role_id, i.prior_role_id
        from implied_roles i join held h on h.role_id = i.prior_role_id
      )
      select id || ':' || role_id || coalesce(':' || prior_role_id, '') as id, user_id, project_id, domain_id, system,
        role_id, prior_role_id from held
    ) a ${ASSIGNMENT_NAMES}`,
  select: sql`${assignmentList.select}, a.prior_role_id`,
};
