import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { getLogger } from '#libs/telemetry';
import { StoreError, sqlState } from '../store.errors.js';
import type { PoolSettings } from '../store-settings.js';
import { Connection } from './connection.js';
import type { ConnectionOwner } from './connection.js';
import type { ConnectionTarget, DatabaseHost } from './connection-url.js';
import { tlsOptions, tlsTries } from './tls-settings.js';
import { valueParsers } from './value-parsers.js';

const log = getLogger('albireo.store');

/**
 * What a session is told at its start. The server shall notice a worker that is gone without a word (its machine has
 * no power), since an open transaction of it holds locks.
 */
const SESSION = {
  timezone: 'UTC',
  datestyle: 'ISO',
  extra_float_digits: '1',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
};
const sessionOptions = Object.entries(SESSION)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

/** What PgBouncer says of `options` and `statement_timeout`, which are no matter of one transaction. */
const REFUSED_PARAMETER = /unsupported startup parameter/i;
/** Node's codes for "nobody there": another way to speak would change nothing. */
const NOBODY = /^E(CONN|HOST|NET|TIMEDOUT|PIPE|ADDR|AI_AGAIN)|^ENOTFOUND$|^ENOENT$|^EACCES$/;

const NOWHERE: DatabaseHost = { host: 'localhost', port: 5432 };

interface Greeting {
  readonly pid: number;
  readonly standby: boolean;
  readonly readonly: boolean;
  readonly timezone: string;
  readonly datestyle: string;
}

export type ConnectorSettings = Pick<
  PoolSettings,
  'connectTimeoutMs' | 'statementTimeoutMs' | 'applicationName' | 'preparedStatements'
>;

/** Opens connections to whichever host of a target will do, the one that did last first. */
export class Connector {
  #host: number;
  /** For each host the way to speak that it last took: with TLS or without. */
  readonly #tls = new Map<DatabaseHost, boolean>();
  /** Why a connection broke before it was one of ours. */
  readonly #broken = new WeakMap<Client, Error>();
  /** A pooler that takes no parameters of a session stands before the database. */
  #isPooled = false;
  #hasWarned = false;

  constructor(
    readonly target: ConnectionTarget,
    readonly settings: ConnectorSettings,
  ) {
    this.#host = target.loadBalance ? Math.floor(Math.random() * target.hosts.length) : 0;
  }

  /** Whether sessions are shared, so that a setting holds for a transaction only. */
  get isPooled(): boolean {
    return this.#isPooled;
  }

  /** The limit of one try, in milliseconds; none is 0. */
  get connectTimeoutMs(): number {
    return this.target.connectTimeoutMs ?? this.settings.connectTimeoutMs;
  }

  /** Tries each host once. Rejects with its error, or with those of all where there are several. */
  async open(owner: ConnectionOwner): Promise<Connection> {
    const { hosts } = this.target;
    const errors: unknown[] = [];
    const first = this.#host;
    for (let tried = 0; tried < hosts.length; tried += 1) {
      const index = (first + tried) % hosts.length;
      try {
        const connection = await this.#openAt(hosts[index] ?? NOWHERE, owner);
        this.#host = index;
        return connection;
      } catch (error) {
        if (error instanceof StoreError) throw error;
        errors.push(error);
      }
    }
    throw errors.length === 1 ? errors[0] : new AggregateError(errors, '');
  }

  async #openAt(host: DatabaseHost, owner: ConnectionOwner): Promise<Connection> {
    // A Unix socket has no TLS.
    const tries = host.host.startsWith('/') ? [false] : tlsTries(this.target.tls.mode);
    const known = this.#tls.get(host);
    const ordered = known === undefined ? tries : [known, ...tries.filter((tls) => tls !== known)];
    let first: unknown;
    for (const [index, tls] of ordered.entries()) {
      try {
        const connection = await this.#greeted(host, tls, owner);
        this.#tls.set(host, tls);
        return connection;
      } catch (error) {
        // What it says of itself without TLS tells more than that it has none.
        if (index > 0 && hasNoTls(error)) throw first;
        if (index === ordered.length - 1 || !mayDependOnTls(error)) throw error;
        first = error;
      }
    }
    throw new TypeError('a mode of TLS without a try');
  }

  async #greeted(host: DatabaseHost, tls: boolean, owner: ConnectionOwner): Promise<Connection> {
    let client: Client;
    try {
      client = await this.#connected(host, tls);
    } catch (error) {
      if (this.#isPooled || !(error instanceof Error) || !REFUSED_PARAMETER.test(error.message)) throw error;
      this.#meetPooler();
      client = await this.#connected(host, tls);
    }
    const timeout = this.#limit(client);
    try {
      const greeting = await greet(client);
      this.#judge(host, greeting);
      // PgBouncer keeps the two for each of its clients, and lets a client set them only afterwards.
      if (greeting.timezone !== SESSION.timezone) await client.query(`set timezone to '${SESSION.timezone}'`);
      if (!greeting.datestyle.startsWith('ISO')) await client.query(`set datestyle to '${SESSION.datestyle}'`);
      const isShared = processIdOf(client) !== greeting.pid;
      if (isShared) this.#meetPooler();
      const connection = new Connection(client, { backendPid: isShared ? null : greeting.pid }, owner);
      // What broke in the same breath as the greeting came was told before anybody of ours listened.
      const broken = this.#broken.get(client);
      if (broken !== undefined) throw broken;
      return connection;
    } catch (error) {
      client.connection.stream.destroy();
      throw timeout.expired ? tooSlow(this.connectTimeoutMs, error) : error;
    } finally {
      timeout.clear();
    }
  }

  async #connected(host: DatabaseHost, tls: boolean): Promise<Client> {
    const client = new Client(await this.#config(host, tls));
    client.on('error', (error) => this.#broken.set(client, error));
    const timeout = this.#limit(client);
    try {
      await client.connect();
      return client;
    } catch (error) {
      client.connection.stream.destroy();
      throw timeout.expired ? tooSlow(this.connectTimeoutMs, error) : error;
    } finally {
      timeout.clear();
    }
  }

  async #config({ host, port }: DatabaseHost, tls: boolean): Promise<ClientConfig> {
    const { target, settings } = this;
    const session: ClientConfig = this.#isPooled
      ? {}
      : {
          options: target.options === undefined ? sessionOptions : `${sessionOptions} ${target.options}`,
          statement_timeout: settings.statementTimeoutMs,
        };
    return {
      host,
      port,
      user: target.user,
      password: target.password,
      database: target.database,
      application_name: target.applicationName ?? settings.applicationName,
      ssl: tls ? await tlsOptions(target.tls) : false,
      sslnegotiation: tls && target.tls.direct ? 'direct' : 'postgres',
      enableChannelBinding: tls,
      keepAlive: target.keepaliveIdleMs !== null,
      keepAliveInitialDelayMillis: target.keepaliveIdleMs ?? 0,
      types: valueParsers,
      // The begin of a transaction and its first statement go out together.
      pipeline: true,
      ...session,
    };
  }

  /** Breaks a connection off that is not made in time. */
  #limit(client: Client): { readonly expired: boolean; clear(): void } {
    const limit = { expired: false, clear: () => clearTimeout(timer) };
    const { connectTimeoutMs } = this;
    if (connectTimeoutMs === 0) return { expired: false, clear: () => undefined };
    const timer = setTimeout(() => {
      limit.expired = true;
      client.connection.stream.destroy(new Error('timeout'));
    }, connectTimeoutMs);
    return limit;
  }

  #judge({ host, port }: DatabaseHost, { standby, readonly }: Greeting): void {
    const { targetSessionAttrs } = this.target;
    const isWrong =
      (targetSessionAttrs === 'read-write' && (readonly || standby)) || (targetSessionAttrs === 'primary' && standby);
    if (isWrong) throw new Error(`${host}:${port} is ${standby ? 'a standby' : 'read-only'}`);
  }

  /** Says what an operator must know who has put PgBouncer in between. */
  #meetPooler(): void {
    this.#isPooled = true;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    if (!this.settings.preparedStatements) {
      log.info('A connection pooler stands before the database; statement_timeout is set in each transaction');
      return;
    }
    log.warning(
      'A connection pooler stands before the database and [database] prepared_statements is on: where it shares ' +
        'connections between transactions (PgBouncer before 1.21 with pool_mode = transaction), set ' +
        '[database] prepared_statements = false',
    );
  }
}

async function greet(client: Client): Promise<Greeting> {
  const { rows } = await client.query<Greeting>(
    `select pg_backend_pid() as pid, pg_is_in_recovery() as standby,
      current_setting('transaction_read_only') = 'on' as readonly,
      current_setting('timezone') as timezone, current_setting('datestyle') as datestyle`,
  );
  const [greeting] = rows;
  if (greeting === undefined) throw new Error('the server did not tell what it is');
  return greeting;
}

/** The key of BackendKeyData: the server process's number, or a pooler's invention. */
function processIdOf(client: Client): number | null {
  const { processID } = client as Client & { readonly processID?: number | null };
  return processID ?? null;
}

function tooSlow(ms: number, cause: unknown): Error {
  return new Error(`no connection within ${ms / 1_000} s (connect_timeout)`, { cause });
}

/** pg's words for a server that answered `N` to SSLRequest. */
function hasNoTls(error: unknown): boolean {
  return error instanceof Error && /does not support SSL/i.test(error.message);
}

/** Whether the same host may take us with TLS or without, where it did not the other way. */
function mayDependOnTls(error: unknown): boolean {
  const state = sqlState(error);
  // invalid_authorization_specification: pg_hba.conf has no line for it
  if (state !== null) return state === '28000';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return !NOBODY.test(code) && !(error instanceof Error && /connect_timeout/.test(error.message));
}
