import { PROJECT_MANAGER, PROJECT_MEMBER, PROJECT_READER, anyOf } from '#libs/policy';
import type { RuleRow } from '#libs/policy';

/** neutron-lib's check strings (neutron_lib.policy.rules). */
export const ADMIN = 'rule:admin_only';
export const ADMIN_OR_PROJECT_MANAGER = anyOf(ADMIN, PROJECT_MANAGER);
export const ADMIN_OR_PROJECT_MEMBER = anyOf(ADMIN, PROJECT_MEMBER);
export const ADMIN_OR_PROJECT_READER = anyOf(ADMIN, PROJECT_READER);

/**
 * The rules of a resource that is its project's and nobody else's: its members create, change and delete it, its readers
 * see it.
 * @param what in the rules' descriptions: 'an address group'
 * @param read who sees it, where that is more than the project
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
