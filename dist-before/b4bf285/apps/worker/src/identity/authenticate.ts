import { sql } from 'kysely';
import type {
  AuthenticatePasswordArgs,
  AuthenticateTokenArgs,
  AuthenticationData,
  NamedReference,
} from '#libs/contracts';
import type { Queries, Store } from '../store/index.js';
import { DEFAULT_LOGIN_LIMITS, forgetFailures, loginSubject, recordFailure, requireAttempt } from './login-attempts.js';
import type { LoginLimits } from './login-attempts.js';
import { verifyPassword } from './password-hash.js';
import { findUser } from './principals.js';
import type { UserRecord } from './principals.js';
import { isRevoked } from './revocations.js';
import { resolveScope, unauthorized } from './resolve-scope.js';

/**
 * Checks a password and answers what the user may do in the scope. An unknown user, a disabled one and a wrong
 * password take the same path and time to the same error. Errors: Unauthorized, TooManyAttempts.
 */
export async function authenticatePassword(
  store: Store,
  args: AuthenticatePasswordArgs,
  limits: LoginLimits = DEFAULT_LOGIN_LIMITS,
): Promise<AuthenticationData> {
  const since = await databaseTime(store.db);
  const record = await checkPassword(store, args, limits);
  return { ...(await resolveScope(store.db, record.user, args.scope)), authenticated_at: since };
}

/** The user, if the password is the right one. Errors: Unauthorized, TooManyAttempts. */
export async function checkPassword(
  store: Store,
  args: { readonly user: NamedReference; readonly password: string },
  limits: LoginLimits = DEFAULT_LOGIN_LIMITS,
): Promise<UserRecord> {
  const record = await findUser(store.db, args.user);
  const subject = loginSubject(record, args.user);
  const failures = await requireAttempt(store.db, subject, limits);
  const matches = await verifyPassword(args.password, record?.passwordHash ?? null);
  if (record === null || !matches || !record.active) {
    await recordFailure(store.db, subject, limits);
    throw unauthorized();
  }
  if (failures > 0) await forgetFailures(store.db, subject);
  // Checking took a while. A change that was committed meanwhile has revoked only the tokens that were there by then.
  const still = await findUser(store.db, { id: record.user.id });
  if (still === null || !still.active || still.passwordHash !== record.passwordHash) throw unauthorized();
  return still;
}

/** A new scope for the holder of a token that the gateway has checked. Error Unauthorized. */
export async function authenticateToken(store: Store, args: AuthenticateTokenArgs): Promise<AuthenticationData> {
  const since = await databaseTime(store.db);
  const record = await findUser(store.db, { id: args.user_id });
  if (record === null || !record.active || (await isRevoked(store.db, args))) throw unauthorized();
  return { ...(await resolveScope(store.db, record.user, args.scope)), authenticated_at: since };
}

/** The clock that revocations are stamped with. */
async function databaseTime(db: Queries): Promise<string> {
  const result = await sql<{ at: string }>`select clock_timestamp() as at`.execute(db);
  const [row] = result.rows;
  if (row === undefined) throw new TypeError('the database did not tell its time');
  return row.at;
}
