import type { AuthenticatePasswordArgs, AuthenticateTokenArgs, AuthenticationData } from '#libs/contracts';
import type { Store } from '../store/index.js';
import { DEFAULT_LOGIN_LIMITS, forgetFailures, loginSubject, recordFailure, requireAttempt } from './login-attempts.js';
import type { LoginLimits } from './login-attempts.js';
import { verifyPassword } from './password-hash.js';
import { findUser } from './principals.js';
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
  const record = await findUser(store.db, args.user);
  const subject = loginSubject(record, args.user);
  const failures = await requireAttempt(store.db, subject, limits);
  const matches = await verifyPassword(args.password, record?.passwordHash ?? null);
  if (record === null || !matches || !record.active) {
    await recordFailure(store.db, subject, limits);
    throw unauthorized();
  }
  if (failures > 0) await forgetFailures(store.db, subject);
  return resolveScope(store.db, record.user, args.scope);
}

/** A new scope for the holder of a token that the gateway has checked. Error Unauthorized. */
export async function authenticateToken(store: Store, args: AuthenticateTokenArgs): Promise<AuthenticationData> {
  const record = await findUser(store.db, { id: args.user_id });
  if (record === null || !record.active) throw unauthorized();
  return resolveScope(store.db, record.user, args.scope);
}
