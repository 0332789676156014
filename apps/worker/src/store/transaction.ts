import { CompiledQuery, DummyDriver, PostgresDialect, Transaction as KyselyTransaction } from 'kysely';
import type { DatabaseConnection, Kysely } from 'kysely';
import { runsEmbedded } from './pglite/embedded-dialect.js';
import type { Database } from './schema.js';

/**
 * A transaction. Statements that are started without waiting for each other (`Promise.all`) are sent together, and run
 * in the order in which they were started. They need one round trip to the database instead of one each. When one
 * fails, the later ones fail too.
 */
export type Transaction = KyselyTransaction<Database>;

export interface TransactionOptions {
  /** The name of the operation, for logs and crash tests. */
  readonly name?: string;
  /** @default 'read committed' */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
}

/** A statement that is sent together with the commit; if the server refuses it, the commit becomes a rollback. */
export type LastWrite = () => Promise<void>;

export interface TransactionWork<T> {
  run(tx: Transaction): Promise<T>;
  /** Statements to send at the end, once `run` is done. */
  readonly last: readonly LastWrite[];
  /** Called before the commit is sent; if it throws, the transaction is rolled back. */
  beforeCommit(): void;
}

/** Kysely requires a pool for a dialect; a transaction never uses it. */
const dialect = new PostgresDialect({ pool: async () => Promise.reject(new Error('a transaction has a connection')) });
const driver = new DummyDriver();

/**
 * Runs `work` between begin and commit; an error in it leads to a rollback. Kysely's own transactions wait for the
 * answer to one statement before they send the next.
 */
export function inTransaction<T>(
  db: Kysely<Database>,
  isolation: TransactionOptions['isolation'],
  work: TransactionWork<T>,
): Promise<T> {
  const executor = db.getExecutor();
  return executor.provideConnection(async (connection) => {
    let isOver = false;
    let isBegun = false;
    const provideConnection = async <R>(use: (connection: DatabaseConnection) => Promise<R>): Promise<R> => {
      // From a branch of the work that nobody awaited: the connection may belong to another caller by now.
      if (isOver) throw new Error('the transaction is over');
      isBegun = true;
      return use(connection);
    };
    const own = executor.withConnectionProvider({ provideConnection });
    const tx = new KyselyTransaction<Database>({ config: { dialect }, dialect, driver, executor: own });
    const say = (text: string): Promise<unknown> => connection.executeQuery(CompiledQuery.raw(text));
    await say(`start transaction isolation level ${isolation ?? 'read committed'}`);
    try {
      const result = await work.run(tx);
      // If nothing was sent to the server yet, the transaction may still begin on another connection. With the embedded
      // database, sending together saves nothing. In both cases the commit waits for the statements before it.
      const waits = !isBegun || runsEmbedded(db);
      const written = work.last.map((write) => write());
      if (waits) await Promise.all(written);
      // Nobody awaits them if the commit is not sent.
      for (const write of written) write.catch(() => undefined);
      work.beforeCommit();
      const committed = own.executeQuery(CompiledQuery.raw('commit'));
      isOver = true;
      const [commit, ...writes] = await Promise.allSettled([committed, ...written]);
      // A lost connection may have committed, whatever the answers to the earlier statements were.
      if (commit.status === 'rejected') throw commit.reason;
      for (const write of writes) if (write.status === 'rejected') throw write.reason;
      return result;
    } catch (error) {
      isOver = true;
      await say('rollback');
      throw error;
    }
  });
}
