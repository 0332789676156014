import { CompiledQuery, DummyDriver, PostgresDialect, Transaction as KyselyTransaction } from 'kysely';
import type { DatabaseConnection, Kysely } from 'kysely';
import { runsEmbedded } from './pglite/embedded-dialect.js';
import type { Database } from './schema.js';

/**
 * A transaction. Statements that are begun without waiting for each other (`Promise.all`) are sent together, and run in
 * the order in which they were begun: one way to the database and back in place of one each. When one fails, those after
 * it fail too.
 */
export type Transaction = KyselyTransaction<Database>;

export interface TransactionOptions {
  /** For logs and crash tests: which operation this is. */
  readonly name?: string;
  /** @default 'read committed' */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
}

/** A statement that is sent together with the commit; one that the server refuses makes a rollback of that. */
export type LastWrite = () => Promise<void>;

export interface TransactionWork<T> {
  run(tx: Transaction): Promise<T>;
  /** Statements of the end, once `run` is done. */
  readonly last: readonly LastWrite[];
  /** Called before the commit is sent; what it throws makes a rollback of it. */
  beforeCommit(): void;
}

/** What Kysely asks of a transaction beside its executor; nothing of it is used within one. */
const dialect = new PostgresDialect({ pool: async () => Promise.reject(new Error('a transaction has a connection')) });
const driver = new DummyDriver();

/**
 * Runs `work` between begin and commit; after what it throws comes a rollback. Kysely's own transactions answer one
 * statement before they send the next one.
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
      // Of a branch of the work that nobody waited for: the connection may be another's by now.
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
      // What the server has not heard of may begin anew on another connection, and the embedded database has no way to
      // save: there the commit waits for what comes before it.
      const waits = !isBegun || runsEmbedded(db);
      const written = work.last.map((write) => write());
      if (waits) await Promise.all(written);
      // Nobody waits for them where the commit is not sent.
      for (const write of written) write.catch(() => undefined);
      work.beforeCommit();
      const committed = own.executeQuery(CompiledQuery.raw('commit'));
      isOver = true;
      const [commit, ...writes] = await Promise.allSettled([committed, ...written]);
      // A lost connection may have committed all the same, whatever became of the answers before.
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
