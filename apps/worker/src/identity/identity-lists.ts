import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Filter, ListDefinition } from '../listing/list-definition.js';
import { booleanFilter, textFilter } from '../listing/filters.js';

/** keystone's comparators after `<attribute>__`; with a leading `i` they ignore case. */
const COMPARATORS = { contains: ['%', '%'], startswith: ['', '%'], endswith: ['%', ''] } as const;

/**
 * A text attribute: equal to one of the values (an empty value is "not set"); `<name>__contains`, `__startswith`,
 * `__endswith` and `__icontains`, … match texts that contain the value.
 *
 * @param isCaseless whether the attribute is compared without case, as domain names are
 */
export function textFilters(name: string, expression: RawBuilder<unknown>, isCaseless = false): Record<string, Filter> {
  const text = sql`coalesce(${expression}, '')`;
  const exact: Filter = (values) =>
    isCaseless
      ? sql<boolean>`lower(${text}) = any(select lower(value) from unnest(${[...values]}::text[]) value)`
      : sql<boolean>`${text} = any(${[...values]}::text[])`;
  const inexact = Object.entries(COMPARATORS).flatMap(([comparator, [before, after]]) => {
    const patterns = (values: readonly string[]): string[] => values.map((value) => before + escaped(value) + after);
    const like: Filter = (values) => sql<boolean>`${text} like any(${patterns(values)}::text[])`;
    const ilike: Filter = (values) => sql<boolean>`${text} ilike any(${patterns(values)}::text[])`;
    return [
      [`${name}__${comparator}`, isCaseless ? ilike : like],
      [`${name}__i${comparator}`, ilike],
    ] as const;
  });
  return { [name]: exact, ...Object.fromEntries(inexact) };
}

/** Escapes LIKE's special characters. */
function escaped(value: string): string {
  return value.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}

/** The four filters on a list of tags; each takes tags separated by commas (API-WG's guideline on tags). */
function tagFilters(column: RawBuilder<unknown>): Record<string, Filter> {
  const all = (values: readonly string[]): RawBuilder<boolean> =>
    sql<boolean>`${column} @> ${JSON.stringify(namesOf(values))}::jsonb`;
  const some = (values: readonly string[]): RawBuilder<boolean> =>
    sql<boolean>`exists (select 1 from jsonb_array_elements_text(${column}) tag where tag = any(${namesOf(values)}::text[]))`;
  return {
    tags: all,
    'tags-any': some,
    'not-tags': (values) => sql<boolean>`not (${all(values)})`,
    'not-tags-any': (values) => sql<boolean>`not (${some(values)})`,
  };
}

function namesOf(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(','));
}

export const domainList: ListDefinition = {
  from: sql`domains d`,
  select: sql`d.id, d.name, d.description, d.enabled, d.tags, d.options, d.extra`,
  id: sql`d.id`,
  filters: { id: textFilter('d.id'), ...textFilters('name', sql`d.name`, true), enabled: booleanFilter('d.enabled') },
  sortKeys: { id: sql`d.id`, name: sql`d.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

/**
 * Projects, and domains in the form in which keystone's API shows them among the projects: without a domain and a
 * parent.
 */
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

/** The expiry of a user's password, in keystone's form; null: never. */
export const PASSWORD_EXPIRY = sql`to_char(u.password_expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`;

export const userList: ListDefinition = {
  from: sql`users u join domains d on d.id = u.domain_id`,
  select: sql`u.id, u.name, u.domain_id, d.name as domain_name, u.enabled, u.default_project_id, u.email, u.description,
    u.options, u.extra, ${PASSWORD_EXPIRY} as password_expires_at`,
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

/**
 * The name of a domain's role is unique only in that domain: `roles.name` contains the name, a control character and
 * the domain's id.
 */
export const ROLE_NAME = sql<string>`split_part(r.name, chr(31), 1)`;

export const groupList: ListDefinition = {
  from: sql`groups t`,
  select: sql`t.id, t.name, t.domain_id, t.description, t.extra`,
  id: sql`t.id`,
  filters: { id: textFilter('t.id'), ...textFilters('name', sql`t.name`) },
  sortKeys: { id: sql`t.id`, name: sql`t.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

export const roleList: ListDefinition = {
  from: sql`roles r`,
  select: sql`r.id, ${ROLE_NAME} as name, r.domain_id, r.description, r.options, r.extra`,
  id: sql`r.id`,
  filters: {
    id: textFilter('r.id'),
    ...textFilters('name', ROLE_NAME),
    ...textFilters('domain_id', sql`r.domain_id`),
  },
  sortKeys: { id: sql`r.id`, name: sql`r.name` },
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

const ASSIGNMENT_NAMES = sql`join roles r on r.id = a.role_id left join users u on u.id = a.user_id
    left join domains ud on ud.id = u.domain_id left join groups g on g.id = a.group_id
    left join domains gd on gd.id = g.domain_id left join projects p on p.id = a.project_id
    left join domains pd on pd.id = p.domain_id left join domains d on d.id = a.domain_id
    left join domains rd on rd.id = r.domain_id`;

export const assignmentList: ListDefinition = {
  from: sql`(
      select id, user_id, group_id, project_id, domain_id, system, role_id, inherited, null::text as prior_role_id,
        null::text as from_project_id, null::text as from_domain_id
      from role_assignments
    ) a ${ASSIGNMENT_NAMES}`,
  select: sql`a.id, jsonb_build_object('id', r.id, 'name', ${ROLE_NAME}, 'domain_id', r.domain_id,
      'domain_name', rd.name) as role, a.user_id, u.name as user_name, u.domain_id as user_domain_id,
    ud.name as user_domain_name, a.group_id, g.name as group_name, g.domain_id as group_domain_id,
    gd.name as group_domain_name, a.project_id, p.name as project_name, p.domain_id as project_domain_id,
    pd.name as project_domain_name, a.domain_id, d.name as domain_name, a.system, a.inherited, a.prior_role_id,
    a.from_project_id, a.from_domain_id`,
  id: sql`a.id`,
  filters: {
    user_id: textFilter('a.user_id'),
    group_id: textFilter('a.group_id'),
    project_id: textFilter('a.project_id'),
    domain_id: textFilter('a.domain_id'),
    role_id: textFilter('a.role_id'),
    system: textFilter('a.system'),
    inherited: booleanFilter('a.inherited'),
    /** The project and the projects below it; for a domain, which is a project too, all of its projects. */
    subtree: (ids) => sql<boolean>`a.project_id in (
      with recursive below (id) as (
        select id from projects where id = any(${[...ids]}::text[]) or domain_id = any(${[...ids]}::text[])
        union
        select c.id from projects c join below b on c.parent_id = b.id
      ) select id from below)`,
  },
  sortKeys: { id: sql`a.id` },
  defaultSort: [{ key: 'id', dir: 'asc' }],
};

/**
 * The roles that users hold on projects and domains: direct, by groups, inherited and implied. One row for each role
 * that a user holds somewhere, with its origin. As in keystone, roles on the system are not included, and roles of a
 * domain are replaced by the roles that they imply.
 */
export const effectiveAssignmentList: ListDefinition = {
  ...assignmentList,
  from: sql`(
      with recursive held (id, user_id, group_id, project_id, domain_id, role_id, prior_role_id, from_project_id,
        from_domain_id) as (
        select h.assignment_id || ':' || coalesce(h.project_id, h.domain_id) || ':' || h.user_id, h.user_id, h.group_id,
          h.project_id, h.domain_id, h.role_id, null::text, h.from_project_id, h.from_domain_id
        from held_roles h where h.system is null
        union
        select h.id, h.user_id, h.group_id, h.project_id, h.domain_id, i.implied_role_id, i.prior_role_id,
          h.from_project_id, h.from_domain_id
        from implied_roles i join held h on h.role_id = i.prior_role_id
      )
      select h.id || ':' || h.role_id || coalesce(':' || h.prior_role_id, '') as id, h.user_id, h.group_id, h.project_id,
        h.domain_id, null::text as system, h.role_id, h.prior_role_id, h.from_project_id, h.from_domain_id,
        (h.from_project_id is not null or h.from_domain_id is not null) as inherited
      from held h join roles own on own.id = h.role_id where own.domain_id is null
    ) a ${ASSIGNMENT_NAMES}`,
};
