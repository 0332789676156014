import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type {
  AccessRuleData,
  ApplicationCredentialData,
  AuthenticateApplicationCredentialArgs,
  AuthenticationData,
  UserData,
} from '#libs/contracts';
import { businessClock } from '#libs/simulation';
import type { Queries, Store } from '../../store/index.js';
import { recordFailure, recordSuccess, requireAttempt, DEFAULT_LOGIN_LIMITS } from '../login-attempts.js';
import type { LoginLimits } from '../login-attempts.js';
import { verifyPassword } from '../password-hash.js';
import { findActiveProject, findUser, withDomainId } from '../principals.js';
import { rolesOf, unauthorized } from '../held-roles.js';
import { withImplied } from './delegated-roles.js';
import { trustChain } from './trust-manager.js';

export interface CredentialRow extends Omit<ApplicationCredentialData, 'roles' | 'access_rules'> {
  readonly role_ids: readonly string[];
  readonly secret_hash: string;
}

/** The rows of application credentials with their hashes, which do not leave this folder. */
export async function credentialRows(db: Queries, where: RawBuilder<unknown>): Promise<readonly CredentialRow[]> {
  const result = await sql<CredentialRow>`
    select c.id, c.name, c.user_id, c.project_id, c.description, c.unrestricted, c.role_ids, c.secret_hash,
      to_char(c.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as expires_at
    from application_credentials c where ${where} order by c.name`.execute(db);
  return result.rows;
}

async function accessRulesOf(db: Queries, credentialId: string): Promise<readonly AccessRuleData[]> {
  const result = await sql<AccessRuleData>`
    select r.id, r.service, r.method, r.path from access_rules r
      join application_credential_access_rules l on l.access_rule_id = r.id
    where l.application_credential_id = ${credentialId} order by r.number`.execute(db);
  return result.rows;
}

/**
 * Authenticates a program by an application credential, for its project and with its roles, which the user must still
 * hold. Wrong secrets count as failed log-ins of the credential. Errors: Unauthorized, TooManyAttempts.
 */
export async function authenticateCredential(
  store: Store,
  { id, name, user, secret }: AuthenticateApplicationCredentialArgs,
  { source, limits = DEFAULT_LOGIN_LIMITS }: { readonly source: string; readonly limits?: LoginLimits },
): Promise<Omit<AuthenticationData, 'authenticated_at'>> {
  const { db } = store;
  const owner = user === undefined ? null : await findUser(db, await withDomainId(db, user));
  const where =
    id === undefined ? sql`c.name = ${name ?? ''} and c.user_id = ${owner?.user.id ?? ''}` : sql`c.id = ${id}`;
  const [row] = await credentialRows(db, where);
  const subject = `application_credential:${row?.id ?? id ?? name ?? ''}`;
  const attempt = { userId: null, subject, source, isExempt: false };
  const state = await requireAttempt(db, attempt, limits);
  // Also for an unknown credential, so that the response time does not reveal whether it exists.
  const matches = await verifyPassword(secret, row?.secret_hash ?? null);
  const record = row === undefined ? null : await findUser(db, { id: row.user_id });
  if (row === undefined || record === null || !matches || !record.active || isOver(row)) {
    await recordFailure(db, attempt, limits);
    throw unauthorized();
  }
  await recordSuccess(db, attempt, state);
  return credentialData(db, row, record.user);
}

/** Whether it has expired. */
export function isOver({ expires_at: end }: CredentialRow): boolean {
  return end !== null && Date.parse(`${end}Z`) <= businessClock.nowMs();
}

/** The permissions of a program by an application credential. Error Unauthorized. */
export async function credentialData(
  db: Queries,
  row: CredentialRow,
  user: UserData,
): Promise<Omit<AuthenticationData, 'authenticated_at'>> {
  const project = await findActiveProject(db, { id: row.project_id });
  if (project === null) throw unauthorized();
  const held = await rolesOf(db, row.user_id, sql`h.project_id = ${row.project_id}`);
  const roles = held.filter((role) => row.role_ids.includes(role.id));
  if (roles.length < row.role_ids.length || roles.length === 0) throw unauthorized();
  const rules = await accessRulesOf(db, row.id);
  return {
    user,
    roles,
    project,
    domain: null,
    system: null,
    is_admin_project: true,
    application_credential: {
      id: row.id,
      name: row.name,
      restricted: !row.unrestricted,
      access_rules: rules,
      expires_at: row.expires_at === null ? null : `${row.expires_at}Z`,
    },
  };
}

/**
 * The permissions of a trustee by a trust; counts one more use. Errors: DelegationForbidden for a caller that is not
 * the trustee, and if the trustor no longer has the permissions itself; Unauthorized for an unknown trust.
 */
export async function resolveTrust(db: Queries, trustee: UserData, trustId: string): Promise<AuthenticationData> {
  const { data, remaining } = await trustData(db, trustee, trustId);
  await useOnce(db, trustId, remaining);
  return data;
}

/**
 * The same without counting a use, plus the remaining uses; null: unlimited. `isToken`: for a token created by the
 * trust, which stays valid after the last use.
 */
export async function trustData(
  db: Queries,
  trustee: UserData,
  trustId: string,
  isToken = false,
): Promise<{ readonly data: AuthenticationData; readonly remaining: number | null }> {
  const chain = await trustChain(db, trustId, isToken);
  const [trust] = chain;
  const origin = chain.at(-1);
  if (trust === undefined || origin === undefined) throw unauthorized();
  if (trust.trustee_user_id !== trustee.id) throw new ExpectedError('DelegationForbidden', 'User is not a trustee.');
  for (const one of chain) {
    const trustor = await findUser(db, { id: one.trustor_user_id });
    if (trustor === null || !trustor.active) throw new ExpectedError('DelegationForbidden', 'Trustor is disabled.');
  }
  const trustor = await findUser(db, { id: trust.trustor_user_id });
  if (trustor === null) throw unauthorized();
  const project = trust.project_id === null ? null : await findActiveProject(db, { id: trust.project_id });
  if (trust.project_id !== null && project === null) throw unauthorized();
  const given = project === null ? [] : await withImplied(db, trust.role_ids);
  const held = project === null ? [] : await rolesOf(db, origin.trustor_user_id, sql`h.project_id = ${project.id}`);
  const roles = given.filter((role) => role.domain_id === null && held.some(({ id }) => id === role.id));
  if (project !== null && roles.length < given.filter((role) => role.domain_id === null).length) {
    throw new ExpectedError('DelegationForbidden', 'Trustee has no delegated roles.');
  }
  const data: AuthenticationData = {
    user: trust.impersonation ? trustor.user : trustee,
    roles,
    project,
    domain: null,
    system: null,
    is_admin_project: true,
    trust: {
      id: trust.id,
      trustor_user_id: trust.trustor_user_id,
      trustee_user_id: trust.trustee_user_id,
      impersonation: trust.impersonation,
      expires_at: trust.expires_at,
    },
  };
  return { data, remaining: trust.remaining_uses };
}

async function useOnce(db: Queries, id: string, remaining: number | null): Promise<void> {
  if (remaining === null) return;
  const used = await sql`
    update trusts set remaining_uses = remaining_uses - 1 where id = ${id} and remaining_uses > 0`.execute(db);
  if (used.numAffectedRows === 0n) throw unauthorized();
}
