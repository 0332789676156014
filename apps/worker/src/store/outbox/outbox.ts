import { sql } from 'kysely';
import { getLogger } from '#libs/telemetry';
import { reachStep } from '../durable-step.js';
import type { Store } from '../store.js';
import type { Transaction } from '../transaction.js';
import type { OutgoingMessage } from '#libs/messaging';

const log = getLogger('albireo.outbox');

/** Sends a message and resolves when the broker has confirmed it; `#libs/messaging`'s Transport is one. */
export interface MessagePublisher {
  publish(message: OutgoingMessage): Promise<void>;
}

export interface OutboxSettings {
  /** The interval between two runs of the sweeper. @default 1000 */
  readonly sweepIntervalMs: number;
  /** The maximum number of rows per run. @default 100 */
  readonly batchSize: number;
  /** Longest wait between two tries of the same row. @default 60000 */
  readonly maxRetryMs: number;
}

const defaults: OutboxSettings = { sweepIntervalMs: 1_000, batchSize: 100, maxRetryMs: 60_000 };

interface Row {
  readonly id: number;
  readonly message: OutgoingMessage;
}

/**
 * The transactional outbox: a cast is stored in its transaction, and published after the commit. If the broker has not
 * confirmed a message (after a crash, or while the broker is away), a sweeper of any worker publishes the same message
 * again. The receiver's ledger makes it take effect once.
 */
export class Outbox {
  readonly #store: Store;
  readonly #publisher: MessagePublisher;
  readonly #settings: OutboxSettings;
  /** Committed rows that the next publishing run sends. */
  #ready: Row[] = [];
  #sending: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #sweeping: Promise<void> | null = null;
  #stopped = false;
  #isFailing = false;

  constructor(store: Store, publisher: MessagePublisher, settings: Partial<OutboxSettings> = {}) {
    this.#store = store;
    this.#publisher = publisher;
    this.#settings = { ...defaults, ...settings };
  }

  /** Stores a cast at the end of `tx`; it is published once `tx` has committed. */
  async add(tx: Transaction, message: OutgoingMessage): Promise<void> {
    this.#store.atEnd(tx, async () => {
      const stored = this.#store.stamped(tx, message);
      const row = { unique_id: message.uniqueId, message: JSON.stringify(stored) };
      const { id } = await tx.insertInto('outbox').values(row).returning('id').executeTakeFirstOrThrow();
      this.#store.afterCommit(tx, () => this.#publishSoon({ id, message: stored }));
    });
  }

  /** Starts the sweeper. */
  start(): void {
    if (this.#timer !== null || this.#stopped) return;
    this.#schedule();
  }

  /**
   * Sends the committed rows that are waiting and stops; the sweepers of other workers, or of the next start, send the
   * rest.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#sweeping;
    await this.#sending;
  }

  /**
   * Drops committed rows that are waiting to be sent: they no longer exist in the database, for example after a
   * snapshot was restored.
   */
  discard(): void {
    this.#ready = [];
  }

  /** Publishes rows that are due, whichever worker stored them. Returns how many the broker has confirmed. */
  async sweep(): Promise<number> {
    const { batchSize, maxRetryMs } = this.#settings;
    // Moving `due_at` ahead is the claim, so no transaction stays open while the broker is working.
    const due = await sql<Row>`
      update outbox set
        attempts = attempts + 1,
        due_at = now() + least(${maxRetryMs}, 5000 * power(2, least(attempts, 10))) * interval '1 millisecond'
      where id in (
        select id from outbox where due_at <= now() order by id limit ${batchSize} for update skip locked
      )
      returning id, message`.execute(this.#store.db);
    return this.#send(due.rows.toSorted((a, b) => a.id - b.id));
  }

  #schedule(): void {
    const { sweepIntervalMs } = this.#settings;
    // Randomised, so that many workers do not query at the same moment.
    this.#timer = setTimeout(
      () => {
        this.#sweeping = this.#sweepAll().finally(() => {
          if (!this.#stopped) this.#schedule();
        });
      },
      sweepIntervalMs * (0.75 + Math.random() / 2),
    );
    this.#timer.unref();
  }

  async #sweepAll(): Promise<void> {
    // The store has already logged this; a line every second would fill the log.
    if (!this.#store.condition().reachable) return;
    try {
      while (!this.#stopped && (await this.sweep()) >= this.#settings.batchSize);
      this.#isFailing = false;
    } catch (error) {
      // Logged once, not in every run: a database may refuse for a long time.
      if (this.#isFailing) return;
      this.#isFailing = true;
      log.warning(`The outbox could not be swept: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Sends the rows committed in one event-loop turn as one batch, with one deletion for many messages. */
  #publishSoon(row: Row): void {
    this.#ready.push(row);
    this.#sending ??= Promise.resolve().then(() => this.#drain());
  }

  async #drain(): Promise<void> {
    try {
      while (this.#ready.length > 0) {
        const rows = this.#ready;
        this.#ready = [];
        await this.#send(rows);
      }
    } catch (error) {
      log.warning(`Sent messages stay in the outbox: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#sending = null;
    }
  }

  async #send(rows: readonly Row[]): Promise<number> {
    if (rows.length === 0) return 0;
    const results = await Promise.allSettled(rows.map(({ message }) => this.#publisher.publish(message)));
    const sent = rows.filter((_row, index) => results[index]?.status === 'fulfilled').map((row) => row.id);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) {
      log.warning(`${rows.length - sent.length} casts wait in the outbox: ${String(failure.reason)}`);
    }
    if (sent.length > 0) {
      reachStep('commit.before', 'outbox.sent');
      // The same statement for any number of ids: a parameter list would make a new statement for each length.
      await sql`delete from outbox where id = any(${sent}::bigint[])`.execute(this.#store.db);
      reachStep('commit.after', 'outbox.sent');
    }
    return sent.length;
  }
}
