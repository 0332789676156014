import { getLogger } from '#libs/telemetry';
import { reasonOf } from '../database.errors.js';
import { StoreError, sqlState } from '../store.errors.js';
import type { Connection, Debt } from './connection.js';
import type { ConnectionPool } from './connection-pool.js';

const log = getLogger('albireo.store');

const LOOK_MS = 500;
/** A statement that takes longer makes us ask whether the server still works on it. */
const SUSPECT_MS = 2_000;
/** Beyond `statement_timeout` the server has given up, and its word for it is lost. */
const WATCHDOG_MARGIN_MS = 5_000;
/** A statement that has just been answered is idle in the server, and its answer on the way. */
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

/** What the server's own processes say about those of our connections that are silent. */
interface Answer {
  readonly isPooled: boolean;
  readonly backends: readonly Backend[];
}

/**
 * Finds connections that owe an answer which cannot come: TCP itself tells nothing while bytes of ours are unanswered,
 * when the other side has gone without a word or another machine has taken its address. Whether the server still works
 * on a statement it is asked over a new connection; where none can be made, the silent ones are given up.
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

  /** The pool itself finds nobody there. */
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
      // A server that is only slow may take no connection in time, and yet answer those who have one.
      if (isGone(error) && this.pool.heardAt < begun) {
        // Those that were asked meanwhile get no answer either.
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
    // Those that nobody uses are of the same age.
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

  /** A statement that takes long is asked about in growing distances. */
  #later(suspects: ReadonlyMap<Connection, Debt>): void {
    const now = performance.now();
    for (const debt of suspects.values()) this.#askAgainAt.set(debt, now + (now - debt.since));
  }

  #giveUp(connection: Connection, why: string): void {
    log.warning(`A database connection was given up: ${why}`);
    connection.destroy(new Error(why));
  }
}

/** Those that still owe the same answer. */
function silent(suspects: ReadonlyMap<Connection, Debt>): Connection[] {
  return [...suspects].filter(([connection, debt]) => connection.debt === debt).map(([connection]) => connection);
}

/** Process numbers come again, on a server that was started anew even soon: a younger one is another one's. */
function isAtWork(connection: Connection, backends: readonly Backend[]): boolean {
  const backend = backends.find(({ pid }) => pid === connection.facts.backendPid);
  if (backend === undefined) return false;
  const ageSeconds = (performance.now() - connection.openedAt) / 1_000;
  if (backend.age < ageSeconds - ON_ITS_WAY_SECONDS) return false;
  return backend.state === 'active' || backend.since < ON_ITS_WAY_SECONDS;
}

/** Nobody there, or nobody who answers: not a server that is only full, nor a name that is just not found. */
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
