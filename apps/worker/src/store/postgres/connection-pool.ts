import { getLogger } from '#libs/telemetry';
import { DatabaseUnavailable } from '../database.errors.js';
import { StoreError, sqlState } from '../store.errors.js';
import type { PoolCounts } from '../store.js';
import type { PoolSettings } from '../store-settings.js';
import type { Connection, ConnectionOwner } from './connection.js';
import type { Connector } from './connector.js';
import { Places } from './places.js';
import type { Reachability } from './reachability.js';

export type ConnectionPoolSettings = Pick<PoolSettings, 'maxConnections' | 'acquireTimeoutMs' | 'idleTimeoutMs'>;

const log = getLogger('albireo.store');

/** cannot_connect_now and similar errors, and the errors of a pooler: the database itself is unavailable. */
const isGoing = (error: unknown): boolean => /^(57P|08)/.test(sqlState(error) ?? '');

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 1_000;
/** How long a caller waits for a released connection if the server accepts no more connections. */
const FULL_RETRY_MS = 1_000;

/**
 * Connections for callers, at most `maxConnections`. Unlike pg's own pool it distinguishes three waits: for a place
 * among the callers with a connection (`acquireTimeoutMs`), for opening one connection (the connector's limit), and for
 * an unreachable database (Reachability).
 */
export class ConnectionPool implements ConnectionOwner {
  readonly #places: Places;
  readonly #idle: Connection[] = [];
  readonly #busy = new Set<Connection>();
  /** Callers that have a place, and wait for a connection that another caller releases. */
  readonly #thirsty: ((connection: Connection) => void)[] = [];
  #heardAt = -Infinity;
  #opening = 0;
  #recovering = false;
  #ended = false;
  #whenEmpty: (() => void) | null = null;

  constructor(
    readonly connector: Connector,
    readonly reachability: Reachability,
    readonly settings: ConnectionPoolSettings,
  ) {
    this.#places = new Places(settings.maxConnections);
  }

  get counts(): PoolCounts {
    const total = this.#idle.length + this.#busy.size + this.#opening;
    return { total, idle: this.#idle.length, waiting: this.#places.waiting };
  }

  /** performance.now() of the last answer on any connection. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Connections that are in use. */
  get busy(): ReadonlySet<Connection> {
    return this.#busy;
  }

  /** Rejects with DatabaseUnavailable. The caller returns the connection with `release`. */
  async acquire(): Promise<Connection> {
    if (this.#ended) throw new StoreError('StoreClosed', 'the store is closed');
    const until = performance.now() + this.settings.acquireTimeoutMs;
    await this.reachability.whenReachable();
    if (!(await this.#places.enter(this.settings.acquireTimeoutMs))) throw this.#busyForLong();
    try {
      return await this.#fill(until);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Replaces a lost connection. Behaves as `acquire`; the caller has to call `release` only if it resolves. */
  async exchange(lost: Connection): Promise<Connection> {
    this.#busy.delete(lost);
    try {
      return await this.#fill(performance.now() + this.settings.acquireTimeoutMs);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  release(connection: Connection): void {
    this.#busy.delete(connection);
    this.#offer(connection);
    this.#leave();
  }

  #leave(): void {
    this.#places.leave();
    if (this.#ended && this.#places.taken === 0) this.#whenEmpty?.();
  }

  #busyForLong(): DatabaseUnavailable {
    const seconds = this.settings.acquireTimeoutMs / 1_000;
    return new DatabaseUnavailable(`no connection of the pool was free within ${seconds} s (pool_timeout)`, 'refused');
  }

  async #fill(until: number): Promise<Connection> {
    for (;;) {
      // Otherwise the callers that waited for a place would try one after the other, each up to the connect limit.
      await this.reachability.whenReachable();
      const idle = this.#idle.pop();
      if (idle !== undefined) return this.#use(idle);
      const begun = performance.now();
      try {
        return this.#use(await this.#open());
      } catch (error) {
        if (this.#hasOthers(error, begun)) {
          const given = await this.#given(FULL_RETRY_MS);
          if (given !== null) return this.#use(given);
        } else this.lostAll(error, begun);
        if (performance.now() > until) throw new DatabaseUnavailable(error);
      }
    }
  }

  /** The server answers but accepts no further connection: the open connections have to suffice. */
  #hasOthers(error: unknown, since: number): boolean {
    if (this.#busy.size + this.#idle.length === 0) return false;
    if (this.#heardAt > since) return true;
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    return errors.some((one) => sqlState(one) !== null && !isGoing(one));
  }

  async #open(): Promise<Connection> {
    this.#opening += 1;
    try {
      const connection = await this.connector.open(this);
      this.reachability.succeeded();
      return connection;
    } finally {
      this.#opening -= 1;
    }
  }

  #use(connection: Connection): Connection {
    this.#busy.add(connection);
    return connection;
  }

  #given(withinMs: number): Promise<Connection | null> {
    return new Promise((resolve) => {
      const take = (connection: Connection): void => {
        clearTimeout(timer);
        resolve(connection);
      };
      const timer = setTimeout(() => {
        this.#thirsty.splice(this.#thirsty.indexOf(take), 1);
        resolve(null);
      }, withinMs);
      this.#thirsty.push(take);
    });
  }

  #offer(connection: Connection): void {
    if (connection.lost !== null) return;
    const isSurplus = this.#busy.size + this.#idle.length >= this.settings.maxConnections;
    if (this.#ended || isSurplus) return connection.close();
    connection.idleSince = performance.now();
    const next = this.#thirsty.shift();
    if (next === undefined) this.#idle.push(connection);
    else next(connection);
  }

  lost(connection: Connection, reason: Error): void {
    log.info(`A database connection was lost: ${reason.message}`);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    connection.client.connection.stream.destroy();
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  /**
   * No connection can be opened since `since`, a performance.now(). Idle connections are doubtful too, so they are
   * closed. From now on the pool itself retries until it has a connection.
   */
  lostAll(error: unknown, since: number): void {
    this.dropIdle();
    this.reachability.failed(error, since);
    if (this.#recovering || this.#ended) return;
    this.#recovering = true;
    void this.#recover(FIRST_RETRY_MS);
  }

  /** Closes idle connections: all of them, or those idle for longer than `idleTimeoutMs` (0: no limit). */
  dropIdle(olderThanMs = 0): void {
    const before = performance.now() - olderThanMs;
    for (const connection of this.#idle.filter(({ idleSince }) => idleSince <= before)) {
      this.#idle.splice(this.#idle.indexOf(connection), 1);
      connection.close();
    }
  }

  async #recover(firstDelayMs: number): Promise<void> {
    let delayMs = firstDelayMs;
    while (this.reachability.isAway && !this.#ended) {
      const begun = performance.now();
      try {
        this.#offer(await this.#open());
      } catch (error) {
        this.reachability.failed(error, begun);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        delayMs = Math.min(MAX_RETRY_MS, delayMs * 2);
      }
    }
    this.#recovering = false;
  }

  /** Waits until no connection is in use, then closes all. */
  async end(): Promise<void> {
    this.#ended = true;
    this.reachability.close();
    this.dropIdle();
    if (this.#places.taken > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
      });
    }
    this.dropIdle();
  }
}
