import { CompiledQuery, DummyDriver, PostgresDialect, Transaction as KyselyTransaction } from 'kysely';
import type { DatabaseConnection, Kysely } from 'kysely';
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
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const executor = db.getExecutor();
  return executor.provideConnection(async (connection) => {
    let isOver = false;
    const provideConnection = async <R>(use: (connection: DatabaseConnection) => Promise<R>): Promise<R> => {
      // Of a branch of the work that nobody waited for: the connection may be another's by now.
      if (isOver) throw new Error('the transaction is over');
      return use(connection);
    };
    const own = executor.withConnectionProvider({ provideConnection });
    const tx = new KyselyTransaction<Database>({ config: { dialect }, dialect, driver, executor: own });
    const say = (text: string): Promise<unknown> => connection.executeQuery(CompiledQuery.raw(text));
    await say(`start transaction isolation level ${isolation ?? 'read committed'}`);
    try {
      const result = await work(tx);
      isOver = true;
      await say('commit');
      return result;
    } catch (error) {
      isOver = true;
      await say('rollback');
      throw error;
    }
  });
}
