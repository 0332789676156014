import { EXPECTED_ERROR_MODULE } from '#libs/contracts';
import type { RemoteFailure } from '#libs/messaging';
import { hasChanged } from './request-changes.js';
import { StoreError, sqlState } from './store.errors.js';

/**
 * What an error means for the connection and the statement:
 * - `lost`: the connection cannot be used any more; its transaction is rolled back, unless it was being committed;
 * - `refused`: the server did not run the statement because it lacked something, and may run it later;
 * - `answer`: about the statement itself (a constraint, a wrong name).
 */
export type Verdict = 'lost' | 'refused' | 'answer';

/** SQLSTATEs, or their first characters, the longer ones first (PostgreSQL's Appendix A, errcodes.txt). */
const VERDICTS: readonly (readonly [string, Verdict])[] = [
  // read_only_sql_transaction: the server was a primary and no longer is
  ['25006', 'lost'],
  // idle_in_transaction_session_timeout, transaction_timeout
  ['25P03', 'lost'],
  ['25P04', 'lost'],
  // serialization_failure, deadlock_detected: still after the store's own retries
  ['40001', 'refused'],
  ['40P01', 'refused'],
  // lock_not_available
  ['55P03', 'refused'],
  // query_canceled: by statement_timeout, or by an administrator
  ['57014', 'refused'],
  // admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, idle_session_timeout
  ['57P', 'lost'],
  // connection exceptions, and errors of PgBouncer
  ['08', 'lost'],
  // insufficient resources: disk full, out of memory, too many connections
  ['53', 'refused'],
  // system errors: of the disk
  ['58', 'refused'],
];

/** The one place that classifies errors of the database. Errors without an SQLSTATE are `answer`. */
export function verdictOf(error: unknown): Verdict {
  const state = sqlState(error);
  if (state === null) return 'answer';
  // The server ends the session after such an error, whatever the reason.
  const severity = error instanceof Error && 'severity' in error ? error.severity : undefined;
  if (severity === 'FATAL' || severity === 'PANIC') return 'lost';
  return VERDICTS.find(([prefix]) => state.startsWith(prefix))?.[1] ?? 'answer';
}

/** feature_not_supported: "cached plan must not change result type", once after a migration has added a column. */
export const PLAN_OUTDATED = '0A000';
/**
 * Errors of named statements that do not come from the statement: PLAN_OUTDATED, invalid_sql_statement_name, and
 * duplicate_prepared_statement, when a pooler has switched the server connection. A retry succeeds.
 */
export const NAME_ERRORS: ReadonlySet<string> = new Set([PLAN_OUTDATED, '26000', '42P05']);

/**
 * Whether a connection failed for a reason that will not go away by itself: a wrong password, an unknown user or
 * database, an unreadable certificate.
 */
export function isHopeless(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return isHopeless(error.cause);
  if (error instanceof AggregateError) return error.errors.every(isHopeless);
  // 28: invalid authorization specification, 3D: invalid catalog name
  return error instanceof StoreError || /^(28|3D)/.test(sqlState(error) ?? '');
}

/**
 * The reason in one line. Node's error for a name with several addresses has an empty message, and one error per
 * address.
 */
export function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(', ');
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function remoteFailure(code: 'DatabaseUnavailable' | 'DatabaseOutcomeUnknown', message: string): RemoteFailure {
  return { class: code, module: EXPECTED_ERROR_MODULE, message, tb: [], args: [message], kwargs: {} };
}

function outcomeUnknown(): RemoteFailure {
  const message = 'The database did not confirm the change. Whether it took effect is not known.';
  return remoteFailure('DatabaseOutcomeUnknown', message);
}

/**
 * Nothing was executed: no connection was available, it was lost before the commit, or the server refused. An RPC
 * caller gets this as an expected error (503, try again); address and reason stay in this error's text, for the
 * operator. It is not an ExpectedError, because a step of a chain must not treat it as the final result. If the request
 * had already committed a part, its caller gets an unknown outcome (504).
 */
export class DatabaseUnavailable extends Error {
  readonly code = 'DatabaseUnavailable';
  readonly #isPartial = hasChanged();

  /** @param isLost a connection was lost during the work, so a retry on another one may succeed */
  constructor(
    cause: unknown,
    readonly why: 'unreachable' | 'refused' = 'unreachable',
    readonly isLost = false,
  ) {
    const what = why === 'refused' ? 'the database refuses' : 'the database cannot be reached';
    super(`${what}: ${reasonOf(cause)}`, { cause });
    this.name = 'DatabaseUnavailable';
  }

  toRemoteFailure(): RemoteFailure {
    if (this.#isPartial) return outcomeUnknown();
    const does = this.why === 'refused' ? 'takes no such request' : 'cannot be reached';
    return remoteFailure(this.code, `The database ${does} at the moment. The request was not run.`);
  }
}

/** The connection was lost while the server had a change to execute or to commit, and may have executed it (504). */
export class DatabaseOutcomeUnknown extends Error {
  readonly code = 'DatabaseOutcomeUnknown';

  constructor(cause: unknown) {
    super(`the database did not confirm a change: ${reasonOf(cause)}`, { cause });
    this.name = 'DatabaseOutcomeUnknown';
  }

  toRemoteFailure(): RemoteFailure {
    return outcomeUnknown();
  }
}

/** serialization_failure, deadlock_detected: PostgreSQL asks the client to run the transaction again. */
export const RERUN_ERRORS: ReadonlySet<string> = new Set(['40001', '40P01']);

/**
 * Returns an error of the statement unchanged, and converts an error of the server's state to the store's own error.
 */
export function told(error: unknown): unknown {
  if (RERUN_ERRORS.has(sqlState(error) ?? '')) return error;
  return verdictOf(error) === 'refused' ? new DatabaseUnavailable(error, 'refused') : error;
}

/** Whether an error only means that the database was unavailable: the next try may succeed. */
export function isDatabaseAway(error: unknown): error is DatabaseUnavailable | DatabaseOutcomeUnknown {
  return error instanceof DatabaseUnavailable || error instanceof DatabaseOutcomeUnknown;
}
