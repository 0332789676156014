/** How connections to PostgreSQL are kept. */
export interface PoolSettings {
  /** [database] max_pool_size. @default 10 */
  readonly maxConnections: number;
  /** [database] pool_timeout. @default 30000 */
  readonly acquireTimeoutMs: number;
  /** [database] connection_recycle_time. @default 60000 */
  readonly idleTimeoutMs: number;
  /** A statement that runs longer is cancelled. @default 30000 */
  readonly statementTimeoutMs: number;
  /** [database] prepared_statements. @default true */
  readonly preparedStatements: boolean;
  /** Shown in pg_stat_activity. @default 'albireo-worker' */
  readonly applicationName: string;
}

export const defaultPoolSettings: PoolSettings = Object.freeze({
  maxConnections: 10,
  acquireTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  statementTimeoutMs: 30_000,
  preparedStatements: true,
  applicationName: 'albireo-worker',
});

/** Which database the worker keeps its state in. */
export type StoreLocation =
  /** A PostgreSQL server; for any number of workers. */
  | { readonly kind: 'postgres'; readonly url: string; readonly pool?: Partial<PoolSettings> }
  /** PGlite in a directory; for one process. */
  | { readonly kind: 'directory'; readonly directory: string }
  /** PGlite in memory; gone with the process. */
  | { readonly kind: 'memory' };
