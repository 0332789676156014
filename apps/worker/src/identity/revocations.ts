import { sql } from 'kysely';
import type { RevocationData, TokenRevokeArgs } from '#libs/contracts';
import type { Queries, Store } from '../store/index.js';

/** Stores a revocation; one that is there already stays. */
export async function storeRevocation(db: Queries, args: TokenRevokeArgs): Promise<void> {
  await db
    .insertInto('token_revocations')
    .values({ audit_id: args.audit_id, expires_at: args.expires_at })
    .onConflict((conflict) => conflict.column('audit_id').doNothing())
    .execute();
}

/** Every revocation of a token that would still be good. */
export async function currentRevocations(db: Queries): Promise<readonly RevocationData[]> {
  const result = await sql<RevocationData>`
    select audit_id, expires_at from token_revocations where expires_at > now() order by expires_at, audit_id`.execute(
    db,
  );
  return result.rows;
}

/**
 * Deletes what time has made void: revocations of expired tokens (kept a little longer, for gateways whose clocks are
 * behind) and windows of failed logins. Any worker may do it at any time.
 */
export async function sweepIdentity(store: Store): Promise<void> {
  await sql`delete from token_revocations where expires_at < now() - interval '5 minutes'`.execute(store.db);
  await sql`delete from failed_logins where window_until < now()`.execute(store.db);
}
