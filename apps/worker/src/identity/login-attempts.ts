import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { SecurityComplianceOptions } from '#libs/options';
import type { RequestContext } from '#libs/telemetry';
import { ExpectedError } from '#libs/contracts';
import type { NamedReference } from '#libs/contracts';
import type { Queries } from '../store/index.js';
import type { UserRecord } from './principals.js';

/** How many wrong passwords are checked; each bound holds until the window ends that began with the first of them. */
export interface LoginLimits {
  /** Of one user from one source. @default 10 */
  readonly maxFailures: number;
  /**
   * Of one user from everywhere, and of one source for all users: what this costs of CPU time is bounded. Also of a
   * user from a source from which it has just logged in, which the other bounds leave alone. @default 100
   */
  readonly maxFailuresInAll: number;
  /** @default 60 */
  readonly windowSeconds: number;
  /** For how long a source counts as one from which a user has just logged in. @default 86400 */
  readonly trustedSeconds: number;
  /** `[security_compliance] lockout_failure_attempts`; undefined: users are not locked. */
  readonly lockoutAttempts?: number | undefined;
  /** `[security_compliance] lockout_duration`, seconds. @default 1800 */
  readonly lockoutSeconds: number;
  /** `[security_compliance] disable_user_account_days_inactive`; undefined: users may stay away. */
  readonly inactiveDays?: number | undefined;
}

export const DEFAULT_LOGIN_LIMITS: LoginLimits = Object.freeze({
  maxFailures: 10,
  maxFailuresInAll: 100,
  windowSeconds: 60,
  trustedSeconds: 86_400,
  lockoutSeconds: 1800,
});

/** The limits as the configuration has them now. */
export class CurrentLoginLimits {
  constructor(private readonly options: SecurityComplianceOptions) {}

  get now(): LoginLimits {
    const { lockoutFailureAttempts, lockoutDuration, disableUserAccountDaysInactive } = this.options;
    return {
      ...DEFAULT_LOGIN_LIMITS,
      lockoutAttempts: lockoutFailureAttempts,
      lockoutSeconds: lockoutDuration,
      inactiveDays: disableUserAccountDaysInactive,
    };
  }
}

/** A host's addresses change within its network of this size (RFC 4291), so that one of them is no bound. */
const IPV6_NETWORK_BITS = 64;

/**
 * Whose failed log-ins are counted together: the client's IPv4 address, or its IPv6 network of 64 bits. Empty for a
 * request whose gateway did not tell (an older one, or a call by an operator).
 */
export function loginSource(context: RequestContext): string {
  const { remote_address: address } = context;
  if (typeof address !== 'string' || !ipaddr.isValid(address)) return '';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${IPV6_NETWORK_BITS}`);
  return `${network.toString()}/${IPV6_NETWORK_BITS}`;
}

/** Who tries to log in, from where. Names that nobody has are counted as those of users, so that no limit tells who exists. */
interface LoginAttempt {
  readonly userId: string | null;
  /** The user, by its domain and name as far as they are known. */
  readonly subject: string;
  /** A network address, or empty where none is known. */
  readonly source: string;
  /** The user's option `ignore_lockout_failure_attempts`. */
  readonly isExempt: boolean;
}

/**
 * A user has one subject whether it is named by id or by name, by its domain's id or its name: a name that nobody has
 * must not be told from it by counting one as two. A domain's name has become its id in `reference`, if there is one.
 */
export function loginAttempt(record: UserRecord | null, reference: NamedReference, source: string): LoginAttempt {
  const named = record === null ? unknownName(reference) : ['name', record.user.domain_id, record.user.name];
  const subject = createHash('sha256').update(JSON.stringify(named)).digest('base64url');
  const isExempt = record?.user.options?.['ignore_lockout_failure_attempts'] === true;
  return { userId: record?.user.id ?? null, subject, source, isExempt };
}

function unknownName({ id, name, domain_id: domainId, domain_name: domainName }: NamedReference): readonly unknown[] {
  return id === undefined ? ['name', domainId ?? `?${(domainName ?? '').toLowerCase()}`, name] : ['id', id];
}

/** What is known of an attempt before its password is looked at. */
interface AttemptState {
  /** Failures are there to be forgotten if the password is right. */
  readonly hasFailures: boolean;
  /** keystone's lock of the account: even the right password is refused. */
  readonly isLocked: boolean;
  /** The log-in is worth remembering if the password is right: the source is new, or was remembered a while ago. */
  readonly isNewSource: boolean;
}

interface AttemptRow {
  readonly of_pair: number;
  readonly of_user: number;
  readonly of_source: number;
  /** When the first of the windows that are full ends. */
  readonly seconds: Readonly<Record<CounterName, number>>;
  readonly trusted_age: number | null;
  readonly lock_count: number;
  readonly is_lock_over: boolean;
}

type CounterName = 'pair' | 'user' | 'source';

/** Keys of what is counted, in `failed_logins`. */
function counters({ subject, source }: LoginAttempt): Readonly<Record<CounterName, string>> {
  return { pair: `pair:${subject}:${source}`, user: `user:${subject}`, source: `source:${source}` };
}

/** Error TooManyAttempts while a bound is reached. */
export async function requireAttempt(db: Queries, attempt: LoginAttempt, limits: LoginLimits): Promise<AttemptState> {
  const row = await readAttempt(db, attempt, limits);
  const isTrusted = row.trusted_age !== null;
  const bounds: readonly [CounterName, number, number][] = isTrusted
    ? [['pair', row.of_pair, limits.maxFailuresInAll]]
    : [
        ['pair', row.of_pair, limits.maxFailures],
        ['user', row.of_user, limits.maxFailuresInAll],
        ['source', row.of_source, limits.maxFailuresInAll],
      ];
  const full = bounds.filter(([, failures, most]) => failures >= most).map(([name]) => row.seconds[name]);
  if (full.length > 0 && !attempt.isExempt) {
    const seconds = Math.max(1, ...full);
    throw new ExpectedError('TooManyAttempts', `Too many failed attempts; try again in ${seconds} seconds.`, {
      retry_after: seconds,
    });
  }
  const { lockoutAttempts } = limits;
  return {
    hasFailures: row.of_pair > 0 || row.lock_count > 0,
    isLocked:
      !attempt.isExempt && lockoutAttempts !== undefined && row.lock_count >= lockoutAttempts && !row.is_lock_over,
    isNewSource: row.trusted_age === null || row.trusted_age > limits.trustedSeconds / 24,
  };
}

async function readAttempt(db: Queries, attempt: LoginAttempt, limits: LoginLimits): Promise<AttemptRow> {
  const keys = counters(attempt);
  const failures = (key: string): RawBuilder<unknown> =>
    sql`coalesce((select failures from failed_logins where subject = ${key} and window_until > business_now()), 0)`;
  const seconds = (key: string): RawBuilder<unknown> =>
    sql`(select ceil(extract(epoch from window_until - business_now()))::integer from failed_logins
      where subject = ${key} and window_until > business_now())`;
  const locked = (column: string): RawBuilder<unknown> =>
    sql`(select ${sql.ref(column)} from users where id = ${attempt.userId})`;
  const result = await sql<AttemptRow>`
    select ${failures(keys.pair)} as of_pair, ${failures(keys.user)} as of_user, ${failures(keys.source)} as of_source,
      jsonb_build_object('pair', ${seconds(keys.pair)}, 'user', ${seconds(keys.user)},
        'source', ${seconds(keys.source)}) as seconds,
      (select extract(epoch from business_now() - succeeded_at)::integer from login_sources
        where subject = ${attempt.subject} and source = ${attempt.source}
          and succeeded_at > business_now() - make_interval(secs => ${limits.trustedSeconds}::integer)) as trusted_age,
      coalesce(${locked('failed_auth_count')}, 0) as lock_count,
      coalesce(${locked('failed_auth_at')} < business_now() - make_interval(secs => ${limits.lockoutSeconds}::integer), true)
        as is_lock_over`.execute(db);
  const [row] = result.rows;
  if (row === undefined) throw new TypeError('readAttempt: expected one row');
  return row;
}

/** Counts a wrong password; one statement, which takes the same course for a user that there is not. */
export async function recordFailure(db: Queries, attempt: LoginAttempt, limits: LoginLimits): Promise<void> {
  const windowEnd = sql`business_now() + make_interval(secs => ${limits.windowSeconds}::integer)`;
  const isOver = sql`failed_logins.window_until <= business_now()`;
  // In one order, so that two failures at the same moment never wait for each other.
  const keys = Object.values(counters(attempt)).toSorted();
  await sql`
    with counted as (
      insert into failed_logins (subject, failures, window_until)
      select subject, 1, ${windowEnd} from unnest(${keys}::text[]) subject
      on conflict (subject) do update set
        failures = case when ${isOver} then 1 else failed_logins.failures + 1 end,
        window_until = case when ${isOver} then ${windowEnd} else failed_logins.window_until end
    )
    update users set failed_auth_at = business_now(), failed_auth_count = case
      when failed_auth_at < business_now() - make_interval(secs => ${limits.lockoutSeconds}::integer)
        and failed_auth_count >= ${limits.lockoutAttempts ?? null}::integer then 1
      else failed_auth_count + 1 end
    where id = ${attempt.userId}`.execute(db);
}

/** After a good log-in: its own failures are forgotten, those of other sources and users are not; the source is known. */
export async function recordSuccess(db: Queries, attempt: LoginAttempt, state: AttemptState): Promise<void> {
  if (state.hasFailures) {
    await sql`
      with forgotten as (delete from failed_logins where subject = ${counters(attempt).pair})
      update users set failed_auth_count = 0, failed_auth_at = null where id = ${attempt.userId}`.execute(db);
  }
  if (!state.isNewSource) return;
  await sql`
    insert into login_sources (subject, source, succeeded_at) values (${attempt.subject}, ${attempt.source}, business_now())
    on conflict (subject, source) do update set succeeded_at = excluded.succeeded_at`.execute(db);
}
