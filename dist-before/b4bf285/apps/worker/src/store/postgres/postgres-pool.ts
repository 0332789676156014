import { Pool, TypeOverrides, types } from 'pg';
import { isoTimestamp } from '../timestamp.js';
import type { PoolSettings } from '../store-settings.js';

/** Parsers of this pool only: pg's own table is global to the process. */
const parsers = new TypeOverrides();
parsers.setTypeParser(types.builtins.INT8, Number);
parsers.setTypeParser(types.builtins.TIMESTAMPTZ, isoTimestamp);

/**
 * A pool of connections to PostgreSQL. `url` is `postgresql://user:password@host:port/database[?options]`;
 * `onLost` hears of idle connections that broke (the pool replaces them by itself).
 */
export function createPostgresPool(url: string, settings: PoolSettings, onLost: (error: Error) => void): Pool {
  const pool = new Pool({
    connectionString: url,
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.acquireTimeoutMs,
    idleTimeoutMillis: settings.idleTimeoutMs,
    application_name: settings.applicationName,
    options: '-c timezone=UTC -c datestyle=ISO -c extra_float_digits=1',
    statement_timeout: settings.statementTimeoutMs,
    types: parsers,
    allowExitOnIdle: false,
  });
  pool.on('error', onLost);
  return pool;
}
