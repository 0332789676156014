import { Store } from '../store.js';
import { defaultPoolSettings } from '../store-settings.js';
import type { PoolSettings } from '../store-settings.js';
import { ConnectionPool } from './connection-pool.js';
import { parseConnectionUrl } from './connection-url.js';
import { Connector } from './connector.js';
import { Reachability } from './reachability.js';
import { Session } from './session.js';
import { SilenceWatch } from './silence-watch.js';
import { StatementNames } from './statement-names.js';

/** A store on a PostgreSQL server; it connects when the first statement runs. Throws StoreError ConnectionInvalid. */
export function openPostgres(url: string, some: Partial<PoolSettings>, onCondition: () => void): Store {
  const settings = { ...defaultPoolSettings, ...some };
  const connector = new Connector(parseConnectionUrl(url), settings);
  const reachability = new Reachability(settings.reconnectTimeoutMs, onCondition);
  const pool = new ConnectionPool(connector, reachability, settings);
  const names = new StatementNames(settings.preparedStatements);
  const watch = new SilenceWatch(pool, settings);
  watch.start();
  const sessions = {
    connect: async () => new Session(pool, await pool.acquire(), names, settings),
    end: async () => {
      watch.stop();
      await pool.end();
    },
  };
  return new Store(sessions, {
    embedded: false,
    connections: () => pool.counts,
    condition: () => {
      const { reason } = reachability;
      return reason === null
        ? { reachable: true }
        : { reachable: false, reason: `the database cannot be reached: ${reason}` };
    },
  });
}
