import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { InterceptedRequest, OutgoingMessage } from '#libs/messaging';
import { currentContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { StoreError } from '../store/index.js';
import type { Transaction, TransactionFence } from '../store/index.js';

/** Header of a cast: which state its sender stored it in. */
export const EPOCH_HEADER = 'albireo-epoch';

/**
 * Keeps what belongs to a state that was replaced out of the one in its place, for workers that are processes of their
 * own. The database alone decides: every transaction begins with a look at the epoch, and holds a lock beside it that a
 * restore waits for, so that each is wholly before or wholly after it. A cast belongs to the state that it was stored
 * in, as its header says; a call, and a cast of another product, to that of its first transaction.
 */
export class StateFence implements TransactionFence {
  readonly #ofRequest = new WeakMap<RequestContext, number>();
  readonly #ofTransaction = new WeakMap<Transaction, number>();
  readonly #stale = new WeakSet<RequestContext>();

  /** Stands around every handler. Of an old cast nothing is left; an old call is ServiceBusy. */
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

  /** Throws StoreError StaleClaim for who began in a state that is no more. */
  async begin(tx: Transaction): Promise<void> {
    // First the lock: a transaction that reads as of its first statement must not have read before it.
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

  /** The lock is held until the commit: nothing can have changed. */
  end(): void {
    // Nothing to ask.
  }

  /** A cast as the outbox keeps it: with the state of the transaction that stores it. */
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
