import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { InterceptedRequest, OutgoingMessage } from '#libs/messaging';
import { currentContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { StoreError } from '../store/index.js';
import type { Transaction, TransactionFence } from '../store/index.js';

/** The header of a cast with the state in which its sender stored it. */
export const EPOCH_HEADER = 'albireo-epoch';

/**
 * Keeps work of a replaced state out of the new one, for workers in separate processes. The database alone decides.
 * Every transaction begins by reading the epoch under a lock for which a restore waits, so it is entirely before or
 * entirely after the restore. A cast belongs to the state in which it was stored, according to its header. A call, and
 * a cast of another product, belongs to the state of its first transaction.
 */
export class StateFence implements TransactionFence {
  readonly #ofRequest = new WeakMap<RequestContext, number>();
  readonly #ofTransaction = new WeakMap<Transaction, number>();
  readonly #stale = new WeakSet<RequestContext>();

  /** Runs around every handler. An old cast is dropped; an old call gets ServiceBusy. */
  async pass({ isCast, headers }: InterceptedRequest, run: () => Promise<unknown>): Promise<unknown> {
    const context = currentContext();
    const sent = epochOf(headers);
    if (isCast && sent !== null && context !== undefined) this.#ofRequest.set(context, sent);
    try {
      return await run();
    } catch (error) {
      if (context === undefined || !this.#stale.has(context)) throw error;
      if (isCast) return undefined;
      throw new ExpectedError('ServiceBusy', 'A snapshot was restored. Nothing of this request is kept.', {
        retry_after: 1,
      });
    }
  }

  /** Throws StoreError StaleClaim for work that began in an earlier state. */
  async begin(tx: Transaction): Promise<void> {
    // The lock comes first: a transaction with a snapshot from its first statement must not have read before it.
    const [, { rows }] = await Promise.all([
      sql`lock table state_epoch in access share mode`.execute(tx),
      sql<{ epoch: number }>`select epoch from state_epoch`.execute(tx),
    ]);
    const epoch = rows[0]?.epoch ?? 0;
    this.#ofTransaction.set(tx, epoch);
    const context = currentContext();
    if (context === undefined) return;
    const own = this.#ofRequest.get(context);
    if (own === undefined) this.#ofRequest.set(context, epoch);
    else if (own < epoch) {
      this.#stale.add(context);
      throw new StoreError('StaleClaim', 'the state that this request began in was replaced by a snapshot');
    }
  }

  /** The lock is held until the commit, so nothing can have changed. */
  end(): void {
    // Nothing to check.
  }

  /** A cast as the outbox stores it: with the state of the transaction that stores it. */
  stamp(tx: Transaction, message: OutgoingMessage): OutgoingMessage {
    const epoch = this.#ofTransaction.get(tx);
    if (epoch === undefined) throw new TypeError('stamp: expected a transaction behind this fence');
    return { ...message, headers: { ...message.headers, [EPOCH_HEADER]: String(epoch) } };
  }
}

function epochOf(headers: Readonly<Record<string, unknown>>): number | null {
  const value = headers[EPOCH_HEADER];
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
