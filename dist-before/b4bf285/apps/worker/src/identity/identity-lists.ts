import { sql } from 'kysely';
import { booleanFilter, textFilter } from '../listing/filters.js';
import type { ListDefinition } from '../listing/list-definition.js';

export const domainList: ListDefinition = {
  from: sql`domains d`,
  select: sql`d.id, d.name, d.description, d.enabled`,
  id: sql`d.id`,
  filters: { id: textFilter('d.id'), name: textFilter('d.name'), enabled: booleanFilter('d.enabled') },
  sortKeys: { id: sql`d.id`, name: sql`d.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

export const projectList: ListDefinition = {
  from: sql`projects p join domains d on d.id = p.domain_id`,
  select: sql`p.id, p.name, p.domain_id, d.name as domain_name, p.description, p.enabled, p.tags`,
  id: sql`p.id`,
  filters: {
    id: textFilter('p.id'),
    name: textFilter('p.name'),
    domain_id: textFilter('p.domain_id'),
    enabled: booleanFilter('p.enabled'),
  },
  sortKeys: { id: sql`p.id`, name: sql`p.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

export const userList: ListDefinition = {
  from: sql`users u join domains d on d.id = u.domain_id`,
  select: sql`u.id, u.name, u.domain_id, d.name as domain_name, u.enabled, u.default_project_id, u.email, u.description`,
  id: sql`u.id`,
  filters: {
    id: textFilter('u.id'),
    name: textFilter('u.name'),
    domain_id: textFilter('u.domain_id'),
    default_project_id: textFilter('u.default_project_id'),
    enabled: booleanFilter('u.enabled'),
  },
  sortKeys: { id: sql`u.id`, name: sql`u.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

export const roleList: ListDefinition = {
  from: sql`roles r`,
  select: sql`r.id, r.name, r.domain_id, r.description`,
  id: sql`r.id`,
  filters: { id: textFilter('r.id'), name: textFilter('r.name'), domain_id: textFilter('r.domain_id') },
  sortKeys: { id: sql`r.id`, name: sql`r.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

export const assignmentList: ListDefinition = {
  from: sql`role_assignments a join roles r on r.id = a.role_id join users u on u.id = a.user_id
    left join projects p on p.id = a.project_id`,
  select: sql`a.id, jsonb_build_object('id', r.id, 'name', r.name, 'domain_id', r.domain_id) as role, a.user_id,
    u.name as user_name, a.project_id, p.name as project_name, a.domain_id, a.system`,
  id: sql`a.id`,
  filters: {
    user_id: textFilter('a.user_id'),
    project_id: textFilter('a.project_id'),
    domain_id: textFilter('a.domain_id'),
    role_id: textFilter('a.role_id'),
    system: textFilter('a.system'),
  },
  sortKeys: { id: sql`a.id` },
  defaultSort: [{ key: 'id', dir: 'asc' }],
};

/** The assignments with what they imply: a row for each role that a user holds somewhere, with the role that gave it. */
export const effectiveAssignmentList: ListDefinition = {
  ...assignmentList,
  from: sql`(
      with recursive held (id, user_id, project_id, domain_id, system, role_id, prior_role_id) as (
        select id, user_id, project_id, domain_id, system, role_id, null::text from role_assignments
        union
        select h.id, h.user_id, h.project_id, h.domain_id, h.system, i.implied_role_id, i.prior_role_id
        from implied_roles i join held h on h.role_id = i.prior_role_id
      )
      select id || ':' || role_id || coalesce(':' || prior_role_id, '') as id, user_id, project_id, domain_id, system,
        role_id, prior_role_id from held
    ) a join roles r on r.id = a.role_id join users u on u.id = a.user_id left join projects p on p.id = a.project_id`,
  select: sql`${assignmentList.select}, a.prior_role_id`,
};
