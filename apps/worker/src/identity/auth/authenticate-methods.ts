import { createHmac, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { AuthMethod, AuthenticateArgs, AuthenticationData, PasscodeProof, TokenProof } from '#libs/contracts';
import type { Store } from '../../store/index.js';
import { checkPassword, databaseTime, requireFreshPassword, requireMethods } from '../authenticate.js';
import type { LoginOrigin } from '../authenticate.js';
import { authenticateCredential } from '../delegation/authenticate-delegation.js';
import { loginAttempt, recordFailure, recordSuccess, requireAttempt, DEFAULT_LOGIN_LIMITS } from '../login-attempts.js';
import { authenticateOAuth1 } from '../oauth/oauth1-login.js';
import { findUser, withDomainId } from '../principals.js';
import type { UserRecord } from '../principals.js';
import { unauthorized } from '../held-roles.js';
import { resolveScope } from '../resolve-scope.js';
import { isRevoked } from '../revocations.js';
import type { SecretBox } from '../secret-box.js';

const DIGITS = 6;
const PERIOD_SECONDS = 30;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Whether a passcode belongs to the current time window or one of the windows before (RFC 6238: SHA-1, 6 digits, 30 s).
 *
 * @param secret base32, with or without padding; any other text matches nothing
 * @param atMs milliseconds since 1970
 * @param previous keystone's `[totp] included_previous_windows`
 */
export function matchesPasscode(secret: string, passcode: string, atMs: number, previous = 1): boolean {
  const key = base32(secret);
  if (key === undefined || !/^\d{6}$/.test(passcode)) return false;
  const window = Math.floor(atMs / 1000 / PERIOD_SECONDS);
  const given = Buffer.from(passcode);
  // All windows are compared, so that the response time does not reveal which one matched.
  const matches = Array.from({ length: previous + 1 }, (_none, back) =>
    timingSafeEqual(given, Buffer.from(passcodeOf(key, window - back))),
  );
  return matches.includes(true);
}

/** RFC 4226, 5.3. */
function passcodeOf(key: Buffer, counter: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac('sha1', key).update(bytes).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const code = (digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 10 ** DIGITS;
  return String(code).padStart(DIGITS, '0');
}

/** RFC 4648, 6; undefined for invalid text. */
function base32(text: string): Buffer | undefined {
  const digits = text
    .replace(/=+$/, '')
    .split('')
    .map((digit) => BASE32.indexOf(digit));
  if (digits.length === 0 || digits.includes(-1)) return undefined;
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** The services and arguments of the methods. */
interface AuthMethodContext {
  readonly store: Store;
  readonly secrets: SecretBox;
  readonly origin: LoginOrigin;
}

interface Proof {
  readonly userId: string;
  /** Methods that count in addition to the requested one: those of a token. */
  readonly further?: readonly string[];
  /** Set by a method that has its own scope. */
  readonly data?: Omit<AuthenticationData, 'authenticated_at'>;
}

/**
 * Authenticates by all of the methods, which must identify the same user, and returns the user with its permissions in
 * the scope. Errors: Unauthorized, TooManyAttempts, MoreMethodsRequired, PasswordExpired.
 */
export async function authenticateMethods(
  context: AuthMethodContext,
  args: AuthenticateArgs,
): Promise<AuthenticationData> {
  const { db } = context.store;
  const since = await databaseTime(db);
  const proofs: Proof[] = [];
  const asked = [...new Set(args.methods)];
  // One after the other: the first failure ends the authentication, so that slow methods after it do not run.
  for (const method of asked) proofs.push(await prove(context, method, args));
  const [first] = proofs;
  if (first === undefined || proofs.some(({ userId }) => userId !== first.userId)) throw unauthorized();
  const { receipt } = args;
  if (receipt !== undefined && receipt.user_id !== first.userId) throw unauthorized();
  const methods = [
    ...new Set([...asked, ...proofs.flatMap(({ further = [] }) => further), ...(receipt?.methods ?? [])]),
  ];
  const record = await findUser(db, { id: first.userId });
  if (record === null || !record.active) throw unauthorized();
  requireMethods(record.user, methods);
  const own = proofs.find(({ data }) => data !== undefined)?.data;
  const found = own ?? (await resolveScope(db, record.user, args.scope));
  return { ...found, methods, authenticated_at: since };
}

async function prove(context: AuthMethodContext, method: AuthMethod, args: AuthenticateArgs): Promise<Proof> {
  const { store, origin } = context;
  const { password, totp, token, application_credential: credential, oauth1 } = args;
  if (method === 'password' && password !== undefined) {
    const record = await checkPassword(store, password, origin);
    requireFreshPassword(record);
    return { userId: record.user.id };
  }
  if (method === 'totp' && totp !== undefined) return { userId: (await checkPasscode(context, totp)).user.id };
  if (method === 'token' && token !== undefined) return checkToken(store, token);
  if (method === 'application_credential' && credential !== undefined) {
    const { source = '', ...limits } = origin;
    const data = await authenticateCredential(store, credential, { source, ...limits });
    return { userId: data.user.id, data };
  }
  if (method === 'oauth1' && oauth1 !== undefined) {
    const data = await authenticateOAuth1(store.db, context.secrets, oauth1);
    return { userId: data.user.id, data };
  }
  throw unauthorized();
}

async function checkToken(store: Store, token: TokenProof): Promise<Proof> {
  if (await isRevoked(store.db, token)) throw unauthorized();
  return { userId: token.user_id, further: token.methods };
}

/** Wrong passcodes are counted separately from wrong passwords: a correct password must not reset their count. */
async function checkPasscode(
  { store: { db }, secrets, origin: { source = '', limits = DEFAULT_LOGIN_LIMITS } }: AuthMethodContext,
  { user, passcode }: PasscodeProof,
): Promise<UserRecord> {
  const reference = await withDomainId(db, user);
  const record = await findUser(db, reference);
  const named = loginAttempt(record, reference, source);
  const attempt = { ...named, userId: null, subject: `totp:${named.subject}` };
  const state = await requireAttempt(db, attempt, limits);
  const kept = await sql<{ blob: string }>`
    select blob from credentials where user_id = ${record?.user.id ?? ''} and type = 'totp'`.execute(db);
  const now = Date.now();
  const matches = kept.rows.map(({ blob }) => matchesPasscode(secrets.open(blob), passcode, now));
  if (record === null || !record.active || !matches.includes(true)) {
    await recordFailure(db, attempt, limits);
    throw unauthorized();
  }
  await recordSuccess(db, attempt, state);
  return record;
}
