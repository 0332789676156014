import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { DomainData, ExpectedErrorCode, ProjectData, RoleData, UserData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../listing/read-rows.js';
import type { ListDefinition } from '../listing/list-definition.js';
import type { Queries } from '../store/index.js';
import { domainList, projectList, roleList, userList } from './identity-lists.js';
import type { IdentityPolicy } from './identity-policy.js';

export interface IdentityKinds {
  readonly domain: DomainData;
  readonly project: ProjectData;
  readonly user: UserData;
  readonly role: RoleData;
}
export type IdentityKindName = keyof IdentityKinds;

export const KINDS: Readonly<Record<IdentityKindName, { list: ListDefinition; notFound: ExpectedErrorCode }>> = {
  domain: { list: domainList, notFound: 'DomainNotFound' },
  project: { list: projectList, notFound: 'ProjectNotFound' },
  user: { list: userList, notFound: 'UserNotFound' },
  role: { list: roleList, notFound: 'RoleNotFound' },
};

const EVERY_ROW: RawBuilder<boolean> = sql<boolean>`true`;

/** The row, without a policy check; null if it does not exist. */
export function findOne<K extends IdentityKindName>(
  db: Queries,
  kind: K,
  id: string,
): Promise<IdentityKinds[K] | null> {
  return getRow<IdentityKinds[K]>(db, KINDS[kind].list, EVERY_ROW, id);
}

/** The row, without a policy check. Throws the kind's NotFound. */
export async function getOne<K extends IdentityKindName>(db: Queries, kind: K, id: string): Promise<IdentityKinds[K]> {
  const row = await findOne(db, kind, id);
  if (row === null) throw notFound(kind, id);
  return row;
}

/**
 * The row, if the policy allows the caller this action on it. If there is no such row, the kind and the action decide
 * between 403 and 404, as in keystone. A role, and a domain in a change, is looked up first: every caller gets 404. For
 * a user, a project, and a domain in a show, the rule is checked first, without a target: a caller that it refuses gets
 * 403, others 404.
 *
 * @param action `get`, `update` or `delete`; roles of a domain have rules of their own
 */
export async function getAllowed<K extends IdentityKindName>(
  policy: IdentityPolicy,
  ctx: RequestContext,
  db: Queries,
  what: { readonly kind: K; readonly id: string; readonly action: 'get' | 'update' | 'delete' },
): Promise<IdentityKinds[K]> {
  const { kind, id, action } = what;
  const row = await findOne(db, kind, id);
  const isTold = kind === 'role' || (kind === 'domain' && action !== 'get');
  if (row === null && isTold) throw notFound(kind, id);
  const isOfDomain = kind === 'role' && row !== null && 'domain_id' in row && row.domain_id !== null;
  policy.authorize(ctx, `${action}_${isOfDomain ? 'domain_role' : kind}`, row === null ? {} : { [kind]: row });
  if (row === null) throw notFound(kind, id);
  return row;
}

function notFound(kind: IdentityKindName, id: string): ExpectedError {
  return new ExpectedError(KINDS[kind].notFound, `Could not find ${kind}: ${id}.`, { id });
}
