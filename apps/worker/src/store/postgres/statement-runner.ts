import { getLogger } from '#libs/telemetry';
import type { QueryResult } from 'pg';
import { NAME_ERRORS, PLAN_OUTDATED } from '../database.errors.js';
import { sqlState } from '../store.errors.js';
import type { Connection } from './connection.js';
import type { StatementNames } from './statement-names.js';

const log = getLogger('albireo.store');

/** Statements that have a plan, unlike `commit` and similar ones. */
const PLANNED = /^\s*(select|with|insert|update|delete)\b/i;

export interface StatementPlace {
  /** The BEGIN of a transaction whose first statement this is. */
  readonly begin?: string | null;
  /** Whether the statement belongs to a transaction. */
  readonly inTransaction?: boolean;
}

/** Runs a statement under its name, if it has one, so that PostgreSQL parses and plans it once per connection. */
export async function runNamed(
  connection: Pick<Connection, 'run'>,
  names: StatementNames,
  text: string,
  parameters: readonly unknown[],
  { begin = null, inTransaction = false }: StatementPlace = {},
): Promise<QueryResult> {
  const values = [...parameters];
  const name = values.length > 0 || PLANNED.test(text) ? names.nameOf(text) : undefined;
  const statement = begin === null ? { text, values } : { text, values, begin };
  try {
    return await connection.run(name === undefined ? statement : { ...statement, name });
  } catch (error) {
    const state = sqlState(error) ?? '';
    if (name === undefined || !NAME_ERRORS.has(state)) throw error;
    if (state === PLAN_OUTDATED) names.forget(text);
    else switchOff(names);
    // The transaction has failed with this error, and its end may already be on the way: the store runs all of it
    // again.
    if (inTransaction) throw error;
    return connection.run({ text, values }).catch(() => Promise.reject(error));
  }
}

function switchOff(names: StatementNames): void {
  if (!names.isOn) return;
  names.switchOff();
  log.error(
    'A pooler shares the database connections between transactions (PgBouncer with pool_mode = transaction), so that ' +
      'named statements are lost. They are off from now on; set [database] prepared_statements = false',
  );
}
