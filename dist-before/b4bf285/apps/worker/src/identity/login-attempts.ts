import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { NamedReference } from '#libs/contracts';
import type { Queries } from '../store/index.js';
import type { UserRecord } from './principals.js';

/** How many wrong passwords a user may give before all are refused, until the window ends that began with the first. */
export interface LoginLimits {
  readonly maxFailures: number;
  readonly windowSeconds: number;
}

export const DEFAULT_LOGIN_LIMITS: LoginLimits = Object.freeze({ maxFailures: 10, windowSeconds: 60 });

/** Whose attempts are counted. Names that nobody has are counted too, so that the limit does not tell who exists. */
export function loginSubject(record: UserRecord | null, reference: NamedReference): string {
  if (record !== null) return `user:${record.user.id}`;
  const { id, name, domain_id: domainId, domain_name: domainName } = reference;
  const named = JSON.stringify(id === undefined ? [name, domainId, domainName] : [id]);
  return `name:${createHash('sha256').update(named).digest('hex')}`;
}

/** Error TooManyAttempts while the window of a subject with too many failures lasts. Answers the failures so far. */
export async function requireAttempt(db: Queries, subject: string, limits: LoginLimits): Promise<number> {
  const result = await sql<{ failures: number; seconds: number }>`
    select failures, ceil(extract(epoch from window_until - now()))::integer as seconds
    from failed_logins where subject = ${subject} and window_until > now()`.execute(db);
  const [row] = result.rows;
  if (row === undefined) return 0;
  if (row.failures >= limits.maxFailures) {
    throw new ExpectedError('TooManyAttempts', `Too many failed attempts; try again in ${row.seconds} seconds.`, {
      retry_after: row.seconds,
    });
  }
  return row.failures;
}

export async function recordFailure(db: Queries, subject: string, limits: LoginLimits): Promise<void> {
  const windowEnd = sql`now() + make_interval(secs => ${limits.windowSeconds}::integer)`;
  await sql`
    insert into failed_logins (subject, failures, window_until) values (${subject}, 1, ${windowEnd})
    on conflict (subject) do update set
      failures = case when failed_logins.window_until > now() then failed_logins.failures + 1 else 1 end,
      window_until = case when failed_logins.window_until > now() then failed_logins.window_until else ${windowEnd} end
  `.execute(db);
}

export async function forgetFailures(db: Queries, subject: string): Promise<void> {
  await db.deleteFrom('failed_logins').where('subject', '=', subject).execute();
}
