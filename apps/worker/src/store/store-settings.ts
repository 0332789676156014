/** How connections to PostgreSQL are kept. */
export interface PoolSettings {
  /** [database] max_pool_size. @default 10 */
  readonly maxConnections: number;
  /** [database] pool_timeout. @default 30000 */
  readonly acquireTimeoutMs: number;
  /** [database] connect_timeout: the time limit for opening one connection; 0 for none. @default 3000 */
  readonly connectTimeoutMs: number;
  /** [database] reconnect_timeout: how long requests wait for an unreachable database. @default 3000 */
  readonly reconnectTimeoutMs: number;
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
  connectTimeoutMs: 3_000,
  reconnectTimeoutMs: 3_000,
  idleTimeoutMs: 60_000,
  statementTimeoutMs: 30_000,
  preparedStatements: true,
  applicationName: 'albireo-worker',
});

/** The database in which the worker keeps its state. */
export type StoreLocation =
  /** A PostgreSQL server; for any number of workers. */
  | { readonly kind: 'postgres'; readonly url: string; readonly pool?: Partial<PoolSettings> }
  /** PGlite in a directory; for one process. */
  | { readonly kind: 'directory'; readonly directory: string }
  /** PGlite in memory; lost when the process ends. */
  | { readonly kind: 'memory' };
