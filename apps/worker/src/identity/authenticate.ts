import { sql } from 'kysely';
import { AUTH_METHODS, ExpectedError } from '#libs/contracts';
import type {
  UserData,
  AuthenticatePasswordArgs,
  AuthenticateTokenArgs,
  AuthenticationData,
  NamedReference,
} from '#libs/contracts';
import type { Queries, Store } from '../store/index.js';
import { disableInactive, recordActivity } from './inactive-users.js';
import { loginAttempt, recordFailure, recordSuccess, requireAttempt, DEFAULT_LOGIN_LIMITS } from './login-attempts.js';
import type { LoginLimits } from './login-attempts.js';
import { verifyPassword } from './password-hash.js';
import { findUser, withDomainId } from './principals.js';
import type { UserRecord } from './principals.js';
import { isRevoked } from './revocations.js';
import { unauthorized } from './held-roles.js';
import { resolveScope } from './resolve-scope.js';

/** Where a log-in comes from, and what bounds hold for it. */
export interface LoginOrigin {
  /** See `loginSource`. @default none */
  readonly source?: string;
  readonly limits?: LoginLimits;
}

/**
 * Checks a password and answers what the user may do in the scope. An unknown user, a disabled one and a wrong
 * password take the same path and time to the same error. Errors: Unauthorized, TooManyAttempts, PasswordExpired,
 * MoreMethodsRequired.
 */
export async function authenticatePassword(
  store: Store,
  args: AuthenticatePasswordArgs,
  origin: LoginOrigin = {},
): Promise<AuthenticationData> {
  const since = await databaseTime(store.db);
  const record = await checkPassword(store, args, origin);
  requireFreshPassword(record);
  requireMethods(record.user, ['password']);
  return { ...(await resolveScope(store.db, record.user, args.scope)), authenticated_at: since };
}

/** Error PasswordExpired. */
export function requireFreshPassword({ user, isPasswordOver }: UserRecord): void {
  if (!isPasswordOver) return;
  const text = `The password is expired and needs to be changed for user: ${user.id}.`;
  throw new ExpectedError('PasswordExpired', text);
}

/** The user, if the password is the right one. Errors: Unauthorized, TooManyAttempts. */
export async function checkPassword(
  store: Store,
  args: { readonly user: NamedReference; readonly password: string },
  { source = '', limits = DEFAULT_LOGIN_LIMITS }: LoginOrigin = {},
): Promise<UserRecord> {
  const reference = await withDomainId(store.db, args.user);
  const record = await findUser(store.db, reference);
  const attempt = loginAttempt(record, reference, source);
  const state = await requireAttempt(store.db, attempt, limits);
  // Also for a locked account, so that the time does not tell that there is one.
  const matches = await verifyPassword(args.password, record?.passwordHash ?? null);
  if (state.isLocked) throw unauthorized();
  if (record === null || !matches || !record.active) {
    await recordFailure(store.db, attempt, limits);
    throw unauthorized();
  }
  const { inactiveDays: days } = limits;
  if (days !== undefined && (await disableInactive(store.db, days, sql`id = ${record.user.id}`))) throw unauthorized();
  await recordSuccess(store.db, attempt, state);
  if (days !== undefined) await recordActivity(store.db, record.user.id);
  // Checking took a while. A change that was committed meanwhile has revoked only the tokens that were there by then.
  const still = await findUser(store.db, { id: record.user.id });
  if (still === null || !still.active || still.passwordHash !== record.passwordHash) throw unauthorized();
  return still;
}

/** A new scope for the holder of a token that the gateway has checked. Errors Unauthorized, MoreMethodsRequired. */
export async function authenticateToken(store: Store, args: AuthenticateTokenArgs): Promise<AuthenticationData> {
  const since = await databaseTime(store.db);
  const record = await findUser(store.db, { id: args.user_id });
  if (record === null || !record.active || (await isRevoked(store.db, args))) throw unauthorized();
  requireMethods(record.user, ['token', ...(args.methods ?? [])]);
  return { ...(await resolveScope(store.db, record.user, args.scope)), authenticated_at: since };
}

/** The clock that revocations are stamped with. */
export async function databaseTime(db: Queries): Promise<string> {
  const result = await sql<{ at: string }>`select business_clock() as at`.execute(db);
  const [row] = result.rows;
  if (row === undefined) throw new TypeError('the database did not tell its time');
  return row.at;
}

/**
 * keystone's rules of several methods: a user whose option `multi_factor_auth_rules` has rules logs in by all methods of
 * one of them, unless `multi_factor_auth_enabled` is false. Methods that there are not are passed over, and a rule of
 * such ones alone is none. Error MoreMethodsRequired, with what the receipt tells.
 */
export function requireMethods(user: UserData, methods: readonly string[]): void {
  const { multi_factor_auth_rules: found, multi_factor_auth_enabled: enabled } = user.options ?? {};
  if (enabled === false) return;
  const rules = methodLists(found)
    .map((rule) => rule.filter((name) => AUTH_METHODS.some((known) => known === name)))
    .filter((rule) => rule.length > 0);
  if (rules.length === 0 || rules.some((rule) => rule.every((name) => methods.includes(name)))) return;
  throw new ExpectedError('MoreMethodsRequired', 'Additional authentications steps required.', {
    user: { id: user.id, name: user.name, domain: { id: user.domain_id, name: user.domain_name } },
    methods,
    required_auth_methods: rules.filter((rule) => rule.some((name) => methods.includes(name))),
  });
}

/** What is no list of lists of names is no rule. */
function methodLists(value: unknown): readonly (readonly string[])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((rule: unknown) =>
    Array.isArray(rule) && rule.every((name) => typeof name === 'string') ? [rule] : [],
  );
}
