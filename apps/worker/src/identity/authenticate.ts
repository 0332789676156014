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

/** The source of a log-in attempt, and its limits. */
export interface LoginOrigin {
  /** See `loginSource`. @default none */
  readonly source?: string;
  readonly limits?: LoginLimits;
}

/**
 * Checks a password and returns the user's permissions in the scope. An unknown user, a disabled user and a wrong
 * password give the same error after the same work and time. Errors: Unauthorized, TooManyAttempts, PasswordExpired,
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

/** The user, if the password is correct. Errors: Unauthorized, TooManyAttempts. */
export async function checkPassword(
  store: Store,
  args: { readonly user: NamedReference; readonly password: string },
  { source = '', limits = DEFAULT_LOGIN_LIMITS }: LoginOrigin = {},
): Promise<UserRecord> {
  const reference = await withDomainId(store.db, args.user);
  const record = await findUser(store.db, reference);
  const attempt = loginAttempt(record, reference, source);
  const state = await requireAttempt(store.db, attempt, limits);
  // Also for a locked account, so that the response time does not reveal that the account exists.
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
  // The check takes time. A change committed meanwhile has revoked only the tokens that existed then.
  const still = await findUser(store.db, { id: record.user.id });
  if (still === null || !still.active || still.passwordHash !== record.passwordHash) throw unauthorized();
  return still;
}

/** A new scope for the holder of a token that the gateway has verified. Errors Unauthorized, MoreMethodsRequired. */
export async function authenticateToken(store: Store, args: AuthenticateTokenArgs): Promise<AuthenticationData> {
  const since = await databaseTime(store.db);
  const record = await findUser(store.db, { id: args.user_id });
  if (record === null || !record.active || (await isRevoked(store.db, args))) throw unauthorized();
  requireMethods(record.user, ['token', ...(args.methods ?? [])]);
  return { ...(await resolveScope(store.db, record.user, args.scope)), authenticated_at: since };
}

/** The clock used for the times of revocations. */
export async function databaseTime(db: Queries): Promise<string> {
  const result = await sql<{ at: string }>`select business_clock() as at`.execute(db);
  const [row] = result.rows;
  if (row === undefined) throw new TypeError('the database did not tell its time');
  return row.at;
}

/**
 * keystone's rules for several methods: a user whose option `multi_factor_auth_rules` has rules must log in by all
 * methods of one rule, unless `multi_factor_auth_enabled` is false. Unknown methods in a rule are ignored, and so is a
 * rule that contains only unknown ones. Error MoreMethodsRequired, with the data of the receipt.
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

/** A value that is not a list of lists of names is not a rule. */
function methodLists(value: unknown): readonly (readonly string[])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((rule: unknown) =>
    Array.isArray(rule) && rule.every((name) => typeof name === 'string') ? [rule] : [],
  );
}
