import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Queries } from '../store/index.js';

/**
 * keystone's `disable_user_account_days_inactive`: disables users without a log-in for that many days, except those
 * with the option `ignore_user_inactivity`. Users without any recorded activity are left alone.
 *
 * @param which a condition on `users`
 */
export async function disableInactive(
  db: Queries,
  days: number,
  which: RawBuilder<unknown> = sql`true`,
): Promise<boolean> {
  const result = await sql`
    update users set enabled = false
    where enabled and last_active_at <= business_now()::date - ${days}::integer
      and coalesce(options ->> 'ignore_user_inactivity', '') <> 'true' and ${which}`.execute(db);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Written at most once per day and user. */
export async function recordActivity(db: Queries, userId: string): Promise<void> {
  await sql`
    update users set last_active_at = business_now()::date
    where id = ${userId} and last_active_at is distinct from business_now()::date`.execute(db);
}
