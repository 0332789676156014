import { PROJECT_MANAGER, PROJECT_MEMBER, PROJECT_READER, anyOf } from '#libs/policy';
import type { RuleRow } from '#libs/policy';

/** neutron-lib's check strings (neutron_lib.policy.rules). */
export const ADMIN = 'rule:admin_only';
export const ADMIN_OR_PROJECT_MANAGER = anyOf(ADMIN, PROJECT_MANAGER);
export const ADMIN_OR_PROJECT_MEMBER = anyOf(ADMIN, PROJECT_MEMBER);
export const ADMIN_OR_PROJECT_READER = anyOf(ADMIN, PROJECT_READER);

const PARENT_OWNER = 'rule:ext_parent_owner';
/** Callers who may access a resource below another: decided by the project of the parent. */
export const ADMIN_OR_PARENT_READER = `${ADMIN} or (role:reader and ${PARENT_OWNER})`;
export const ADMIN_OR_PARENT_MEMBER = `${ADMIN} or (role:member and ${PARENT_OWNER})`;
export const ADMIN_OR_PARENT_MANAGER = `${ADMIN} or (role:manager and ${PARENT_OWNER})`;

/**
 * The rules of a resource that belongs to its project only: the project's members create, change and delete it, its
 * readers see it.
 * @param what in the rules' descriptions: 'an address group'
 * @param read who sees it, if not only the project
 */
export function ownedRules(
  singular: string,
  path: string,
  what: string,
  read = ADMIN_OR_PROJECT_READER,
): readonly RuleRow[] {
  return [
    [`create_${singular}`, ADMIN_OR_PROJECT_MEMBER, `Create ${what}`, `POST ${path}`],
    [`get_${singular}`, read, `Show and list ${what}`, `GET ${path}, GET ${path}/{id}`],
    [`update_${singular}`, ADMIN_OR_PROJECT_MEMBER, `Change ${what}`, `PUT ${path}/{id}`],
    [`delete_${singular}`, ADMIN_OR_PROJECT_MEMBER, `Delete ${what}`, `DELETE ${path}/{id}`],
  ];
}

/**
 * The rules of a resource below another, which belongs to the parent's project.
 * @param name with the parent's name as prefix: `floatingip_port_forwarding`
 * @param operations the operations other than reading. @default all
 */
export function childRules(
  name: string,
  path: string,
  what: string,
  { write = ADMIN_OR_PARENT_MEMBER, operations = ['create', 'update', 'delete'] as readonly string[] } = {},
): readonly RuleRow[] {
  const rows: readonly RuleRow[] = [
    [`create_${name}`, write, `Create ${what}`, `POST ${path}`],
    [`get_${name}`, ADMIN_OR_PARENT_READER, `Show and list ${what}`, `GET ${path}, GET ${path}/{id}`],
    [`update_${name}`, write, `Change ${what}`, `PUT ${path}/{id}`],
    [`delete_${name}`, write, `Delete ${what}`, `DELETE ${path}/{id}`],
  ];
  return rows.filter(([rule]) => ['get', ...operations].some((operation) => rule === `${operation}_${name}`));
}

/**
 * The rules about the tags of a resource.
 * @param read who sees them, null: everyone who sees the resource
 * @param remove who removes tags, if not those who add them
 */
export function tagRules(
  singular: string,
  path: string,
  {
    read = ADMIN_OR_PROJECT_READER,
    write = ADMIN_OR_PROJECT_MEMBER,
    remove = write,
  }: { readonly read?: string | null; readonly write?: string; readonly remove?: string } = {},
): readonly RuleRow[] {
  const one = `${path}/{id}/tags/{tag}`;
  const rows: readonly RuleRow[] = [
    [`create_${singular}:tags`, write, 'Add tags', `POST ${path}/{id}/tags`],
    [`update_${singular}:tags`, write, 'Replace the tags or add one', `PUT ${path}/{id}/tags, PUT ${one}`],
    [`delete_${singular}:tags`, remove, 'Take tags away', `DELETE ${path}/{id}/tags, DELETE ${one}`],
  ];
  if (read === null) return rows;
  return [...rows, [`get_${singular}:tags`, read, 'See the tags', `GET ${path}, GET ${path}/{id}/tags, GET ${one}`]];
}

/** The rules of a resource that belongs to the cloud: administrators change it, `read` defines who sees it. */
export function cloudRules(singular: string, path: string, what: string, read: string): readonly RuleRow[] {
  return [
    [`create_${singular}`, ADMIN, `Create ${what}`, `POST ${path}`],
    [`get_${singular}`, read, `Show and list ${what}`, `GET ${path}, GET ${path}/{id}`],
    [`update_${singular}`, ADMIN, `Change ${what}`, `PUT ${path}/{id}`],
    [`delete_${singular}`, ADMIN, `Delete ${what}`, `DELETE ${path}/{id}`],
  ];
}
