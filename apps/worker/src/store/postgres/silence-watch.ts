import { getLogger } from '#libs/telemetry';
import { reasonOf } from '../database.errors.js';
import { StoreError, sqlState } from '../store.errors.js';
import type { Connection, Debt } from './connection.js';
import type { ConnectionPool } from './connection-pool.js';

const log = getLogger('albireo.store');

const LOOK_MS = 500;
/** After this time the watch asks whether the server still works on a statement. */
const SUSPECT_MS = 2_000;
/** This long after `statement_timeout` the server has cancelled the statement, and its answer is lost. */
const WATCHDOG_MARGIN_MS = 5_000;
/** A process that finished a statement this recently is idle while its answer is on the way. */
const ON_ITS_WAY_SECONDS = 1;

export interface SilenceSettings {
  readonly statementTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

interface Backend {
  readonly pid: number;
  /** Seconds since its start, by the server's clock. */
  readonly age: number;
  readonly state: string | null;
  /** Seconds since it began or ended its statement. */
  readonly since: number;
}

/** What the server reports about the processes of silent connections. */
interface Answer {
  readonly isPooled: boolean;
  readonly backends: readonly Backend[];
}

/**
 * Finds connections whose answer cannot arrive. TCP reports nothing for a long time if bytes are unacknowledged because
 * the other side disappeared or another machine has taken its address. The watch asks the server over a new connection
 * whether it still works on a statement. If no new connection can be opened, it gives up the silent ones.
 */
export class SilenceWatch {
  #timer: NodeJS.Timeout | null = null;
  #asking = false;
  readonly #askAgainAt = new WeakMap<Debt, number>();

  constructor(
    readonly pool: ConnectionPool,
    readonly settings: SilenceSettings,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #look(): void {
    const { statementTimeoutMs, idleTimeoutMs } = this.settings;
    if (idleTimeoutMs > 0) this.pool.dropIdle(idleTimeoutMs);
    const now = performance.now();
    const suspects = new Map<Connection, Debt>();
    for (const connection of this.pool.busy) {
      const { debt } = connection;
      if (debt === null) continue;
      const owed = now - debt.since;
      if (statementTimeoutMs > 0 && owed > statementTimeoutMs + WATCHDOG_MARGIN_MS) {
        this.#giveUp(connection, `no answer for ${seconds(owed)}, longer than statement_timeout`);
      } else if (owed > SUSPECT_MS && this.#isGone()) {
        this.#giveUp(connection, `no answer for ${seconds(owed)}, while the database cannot be reached`);
      } else if (owed > SUSPECT_MS && now >= (this.#askAgainAt.get(debt) ?? 0)) suspects.set(connection, debt);
    }
    if (suspects.size === 0 || this.#asking) return;
    this.#asking = true;
    void this.#ask(suspects).finally(() => {
      this.#asking = false;
    });
  }

  /** The pool itself finds the server unreachable. */
  #isGone(): boolean {
    const { isAway, cause } = this.pool.reachability;
    return isAway && isGone(cause);
  }

  async #ask(suspects: ReadonlyMap<Connection, Debt>): Promise<void> {
    const since = Math.min(...[...suspects.values()].map((debt) => debt.since));
    const begun = performance.now();
    let answer: Answer;
    try {
      answer = await this.#askServer([...suspects.keys()].flatMap(({ facts }) => facts.backendPid ?? []));
    } catch (error) {
      // A server that is only slow may accept no connection in time, and still answer on open connections.
      if (isGone(error) && this.pool.heardAt < begun) {
        // Statements that were sent meanwhile get no answer either.
        const now = performance.now();
        for (const connection of this.pool.busy) {
          const owed = now - (connection.debt?.since ?? now);
          if (owed > LOOK_MS) this.#giveUp(connection, `no answer for ${seconds(owed)}, and ${reasonOf(error)}`);
        }
        return this.pool.lostAll(error, since);
      }
      return this.#later(suspects);
    }
    let hasGivenUp = false;
    for (const connection of silent(suspects)) {
      if (answer.isPooled || connection.facts.backendPid === null || isAtWork(connection, answer.backends)) continue;
      hasGivenUp = true;
      this.#giveUp(connection, 'the server does not know of it any more');
    }
    // Idle connections are as old, so they are dropped too.
    if (hasGivenUp) this.pool.dropIdle();
    this.#later(suspects);
  }

  async #askServer(pids: readonly number[]): Promise<Answer> {
    const { connector } = this.pool;
    const connection = await connector.open({ lost: () => undefined, heard: () => undefined });
    const limit = setTimeout(
      () => connection.destroy(new Error('no answer to a new connection either')),
      connector.connectTimeoutMs || SUSPECT_MS,
    );
    try {
      const text = `
        select pid, extract(epoch from clock_timestamp() - backend_start)::float8 as age, state,
          extract(epoch from clock_timestamp() - coalesce(state_change, backend_start))::float8 as since
        from pg_stat_activity where pid = any($1::int[])`;
      const { rows } = await connection.run({ text, values: [pids] });
      return { isPooled: connection.facts.backendPid === null, backends: rows as Backend[] };
    } finally {
      clearTimeout(limit);
      connection.close();
    }
  }

  /** The longer a statement runs, the longer the interval until the next check. */
  #later(suspects: ReadonlyMap<Connection, Debt>): void {
    const now = performance.now();
    for (const debt of suspects.values()) this.#askAgainAt.set(debt, now + (now - debt.since));
  }

  #giveUp(connection: Connection, why: string): void {
    log.warning(`A database connection was given up: ${why}`);
    connection.destroy(new Error(why));
  }
}

/** Connections that still wait for the same answer. */
function silent(suspects: ReadonlyMap<Connection, Debt>): Connection[] {
  return [...suspects].filter(([connection, debt]) => connection.debt === debt).map(([connection]) => connection);
}

/**
 * Process ids are reused, soon after a restart of the server even: a process younger than the connection belongs to
 * another connection.
 */
function isAtWork(connection: Connection, backends: readonly Backend[]): boolean {
  const backend = backends.find(({ pid }) => pid === connection.facts.backendPid);
  if (backend === undefined) return false;
  const ageSeconds = (performance.now() - connection.openedAt) / 1_000;
  if (backend.age < ageSeconds - ON_ITS_WAY_SECONDS) return false;
  return backend.state === 'active' || backend.since < ON_ITS_WAY_SECONDS;
}

/**
 * The server is unreachable or does not answer. A server that is only full, or a name that was not found, does not
 * count.
 */
function isGone(error: unknown): boolean {
  if (error instanceof StoreError) return false;
  if (error instanceof AggregateError) return error.errors.every(isGone);
  const state = sqlState(error);
  if (state !== null) return state.startsWith('57P');
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return !['ENOTFOUND', 'EAI_AGAIN', 'EMFILE', 'ENFILE'].includes(String(code));
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
