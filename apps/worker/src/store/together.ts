import type { CompiledQuery, QueryResult } from 'kysely';
import type { Transaction } from './store.js';

/** A statement of Kysely (`sql` or a builder) before it is run. */
export interface Statement<R> {
  compile(db: Transaction): CompiledQuery<R>;
}

type Results<S extends readonly Statement<unknown>[]> = {
  [K in keyof S]: S[K] extends Statement<infer R> ? QueryResult<R> : never;
};

/**
 * Runs statements in their order, and sends all before the first is answered: one way to the database and back in place
 * of one each. Each sees what those before it have changed. When one fails, those after it do too, and its error is thrown.
 */
export async function together<S extends readonly Statement<unknown>[]>(
  tx: Transaction,
  ...statements: S
): Promise<Results<S>> {
  const results = await tx
    .getExecutor()
    .provideConnection((connection) =>
      Promise.all(statements.map((statement) => connection.executeQuery(statement.compile(tx)))),
    );
  return results as unknown as Results<S>;
}
