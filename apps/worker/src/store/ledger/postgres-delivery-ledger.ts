import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { reachStep } from '../durable-step.js';
import { StoreError, sqlState } from '../store.errors.js';
import type { Store } from '../store.js';
import type { Transaction } from '../transaction.js';
import type { ClaimResult, DeliveryLedger } from '#libs/messaging';
import { ClaimRenewal } from './claim-renewal.js';

/** The fields that identify a handler's claim; a Delivery of `#libs/messaging` has them. */
export interface Claim {
  readonly uniqueId: string;
  /** Absent for a message without a ledger: then there is no fencing. */
  readonly token?: string;
}

/**
 * Records in the database which casts took effect. The fencing token is the number of the claim: a handler that lost
 * its lease (its process was suspended, its machine was disconnected) and resumes cannot commit any more.
 */
export class PostgresDeliveryLedger implements DeliveryLedger {
  readonly #store: Store;
  readonly #renewal: ClaimRenewal;
  /** Claims that were marked as done together with their effect, and whose end the transport has not yet reported. */
  readonly #completed = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
    this.#renewal = new ClaimRenewal(store);
  }

  async claim(uniqueId: string, topic: string, leaseMs: number): Promise<ClaimResult> {
    const lease = sql<string>`clock_timestamp() + ${leaseMs} * interval '1 millisecond'`;
    reachStep('commit.before', `claim.${topic}`);
    const claimed = await this.#store.db
      .insertInto('consumed_messages')
      .values({ unique_id: uniqueId, topic, state: 'running', attempts: 1, lease_until: lease, reason: null })
      .onConflict((conflict) =>
        conflict
          .column('unique_id')
          .doUpdateSet({
            state: 'running',
            attempts: sql`consumed_messages.attempts + 1`,
            lease_until: lease,
            updated_at: sql`clock_timestamp()`,
          })
          .where('consumed_messages.state', '<>', 'done')
          .where('consumed_messages.lease_until', '<=', sql<string>`clock_timestamp()`),
      )
      .returning('attempts')
      .executeTakeFirst();
    if (claimed !== undefined) {
      const token = String(claimed.attempts);
      this.#renewal.hold({ uniqueId, token, leaseMs });
      reachStep('commit.after', `claim.${topic}`);
      return { state: 'claimed', token, attempts: claimed.attempts };
    }
    const found = await this.#store.db
      .selectFrom('consumed_messages')
      .select('state')
      .select(sql<number>`ceil(extract(epoch from lease_until - clock_timestamp()) * 1000)::int`.as('left'))
      .where('unique_id', '=', uniqueId)
      .executeTakeFirst();
    if (found?.state === 'done') return { state: 'done' };
    return { state: 'busy', retryInMs: Math.max(10, found?.left ?? 10) };
  }

  /** Marks a cast as done outside of any other transaction; has no effect if the claim was lost. */
  async complete(uniqueId: string, token: string): Promise<void> {
    this.#renewal.release(uniqueId, token);
    if (this.#completed.delete(claimKey(uniqueId, token))) return;
    reachStep('commit.before', 'complete');
    await doneRow(uniqueId, token).execute(this.#store.db);
    reachStep('commit.after', 'complete');
  }

  /** Stops renewing claims; other workers may take the ones still held when their leases end. */
  stop(): void {
    this.#renewal.stop();
  }

  /**
   * Marks the cast as done at the end of the transaction of its effect. If another worker has taken over the cast, this
   * throws StaleClaim and so rolls back the effect.
   */
  async completeIn(tx: Transaction, claim: Claim): Promise<void> {
    const { uniqueId, token } = claim;
    if (token === undefined) return;
    this.#store.atEnd(tx, () =>
      requireOne(claim, async () => {
        await sql`with done as (${doneRow(uniqueId, token)} returning 1) select ${ONE} from done`.execute(tx);
      }),
    );
    this.#store.afterCommit(tx, () => this.#completed.add(claimKey(uniqueId, token)));
  }

  /** For a step that is not the last one: its end throws StaleClaim unless this run still holds the cast. */
  async requireIn(tx: Transaction, claim: Claim): Promise<void> {
    const { uniqueId, token } = claim;
    if (token === undefined) return;
    this.#store.atEnd(tx, () =>
      requireOne(claim, async () => {
        await sql`
          select ${ONE} from (
            select 1 from consumed_messages
            where unique_id = ${uniqueId} and attempts = ${Number(token)} and state = 'running' for share
          ) held`.execute(tx);
      }),
    );
  }

  async fail(uniqueId: string, token: string, reason: string): Promise<void> {
    this.#renewal.release(uniqueId, token);
    this.#completed.delete(claimKey(uniqueId, token));
    await this.#store.db
      .updateTable('consumed_messages')
      .set({ state: 'failed', reason: reason.slice(0, 1_000), ...now, lease_until: now.updated_at })
      .where('unique_id', '=', uniqueId)
      .where('attempts', '=', Number(token))
      .where('state', '=', 'running')
      .execute();
  }

  /** Deletes entries that ended longer ago than any copy of a message can live. Returns the number of rows deleted. */
  async sweep(retentionMs: number): Promise<number> {
    const result = await this.#store.db
      .deleteFrom('consumed_messages')
      .where('state', '<>', 'running')
      .where('updated_at', '<', sql<string>`clock_timestamp() - ${retentionMs} * interval '1 millisecond'`)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

const now = { updated_at: sql<string>`clock_timestamp()` };

function doneRow(uniqueId: string, token: string): RawBuilder<unknown> {
  return sql`
    update consumed_messages set state = 'done', reason = null, updated_at = clock_timestamp()
    where unique_id = ${uniqueId} and attempts = ${Number(token)} and state in ('running', 'done')`;
}

/**
 * If there are no rows, the server raises an error (division_by_zero), so that a commit sent together with the
 * statement fails.
 */
const ONE = sql`1 / count(*)`;
const DIVISION_BY_ZERO = '22012';

async function requireOne(claim: Claim, statement: () => Promise<void>): Promise<void> {
  try {
    await statement();
  } catch (error) {
    throw sqlState(error) === DIVISION_BY_ZERO ? staleClaim(claim) : error;
  }
}

function claimKey(uniqueId: string, token: string): string {
  return `${uniqueId} ${token}`;
}

function staleClaim(claim: Claim): StoreError {
  return new StoreError(
    'StaleClaim',
    `cast ${claim.uniqueId}: claim ${claim.token ?? ''} was taken over by another worker; nothing of this run is kept`,
  );
}
