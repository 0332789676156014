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

/** Limits for wrong passwords; each lasts until the end of a time window that begins with the first of them. */
export interface LoginLimits {
  /** For one user from one source. @default 10 */
  readonly maxFailures: number;
  /**
   * For one user from all sources, and for one source with all users: this limits the CPU time for password checks.
   * Also for a user from a source with a recent successful log-in, to which the other limits do not apply. @default 100
   */
  readonly maxFailuresInAll: number;
  /** @default 60 */
  readonly windowSeconds: number;
  /** How long a source counts as trusted after a user's successful log-in. @default 86400 */
  readonly trustedSeconds: number;
  /** `[security_compliance] lockout_failure_attempts`; undefined: users are not locked. */
  readonly lockoutAttempts?: number | undefined;
  /** `[security_compliance] lockout_duration`, seconds. @default 1800 */
  readonly lockoutSeconds: number;
  /** `[security_compliance] disable_user_account_days_inactive`; undefined: inactive users are not disabled. */
  readonly inactiveDays?: number | undefined;
}

export const DEFAULT_LOGIN_LIMITS: LoginLimits = Object.freeze({
  maxFailures: 10,
  maxFailuresInAll: 100,
  windowSeconds: 60,
  trustedSeconds: 86_400,
  lockoutSeconds: 1800,
});

/** The current limits of the configuration. */
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

/**
 * A host can change its address within a network of this size (RFC 4291), so a limit per address would have no effect.
 */
const IPV6_NETWORK_BITS = 64;

/**
 * The source by which failed log-ins are counted: the client's IPv4 address, or its IPv6 network of 64 bits. Empty if
 * the gateway did not report it (an older gateway, or a call by an operator).
 */
export function loginSource(context: RequestContext): string {
  const { remote_address: address } = context;
  if (typeof address !== 'string' || !ipaddr.isValid(address)) return '';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${IPV6_NETWORK_BITS}`);
  return `${network.toString()}/${IPV6_NETWORK_BITS}`;
}

/**
 * A log-in attempt: user and source. Unknown names are counted like users, so that no limit reveals which users exist.
 */
interface LoginAttempt {
  readonly userId: string | null;
  /** The user, by its domain and name as far as they are known. */
  readonly subject: string;
  /** A network address, or empty if unknown. */
  readonly source: string;
  /** The user's option `ignore_lockout_failure_attempts`. */
  readonly isExempt: boolean;
}

/**
 * A user has the same subject whether the request names it by id or by name, and its domain by id or by name. Unknown
 * names are treated the same way, so that the counts do not reveal which users exist. In `reference`, the name of an
 * existing domain is already replaced by its id.
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

/** The state of an attempt before the password is checked. */
interface AttemptState {
  /** Failures exist that a correct password resets. */
  readonly hasFailures: boolean;
  /** keystone's account lock: even the correct password is refused. */
  readonly isLocked: boolean;
  /** A successful log-in must be recorded: the source is new, or was recorded a while ago. */
  readonly isNewSource: boolean;
}

interface AttemptRow {
  readonly of_pair: number;
  readonly of_user: number;
  readonly of_source: number;
  /** Seconds until the first of the full windows ends. */
  readonly seconds: Readonly<Record<CounterName, number>>;
  readonly trusted_age: number | null;
  readonly lock_count: number;
  readonly is_lock_over: boolean;
}

type CounterName = 'pair' | 'user' | 'source';

/** The keys of the counters in `failed_logins`. */
function counters({ subject, source }: LoginAttempt): Readonly<Record<CounterName, string>> {
  return { pair: `pair:${subject}:${source}`, user: `user:${subject}`, source: `source:${source}` };
}

/** Error TooManyAttempts while a limit is reached. */
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

/** Counts a wrong password; one statement, which runs the same way for an unknown user. */
export async function recordFailure(db: Queries, attempt: LoginAttempt, limits: LoginLimits): Promise<void> {
  const windowEnd = sql`business_now() + make_interval(secs => ${limits.windowSeconds}::integer)`;
  const isOver = sql`failed_logins.window_until <= business_now()`;
  // In a fixed order, so that concurrent failures do not deadlock.
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

/**
 * Called after a successful log-in: resets the failures of this user from this source, keeps those of other sources and
 * users, and records the source.
 */
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
