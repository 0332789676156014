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
 * The parameters of every session. The server should detect a worker that disappeared without closing its connection
 * (its machine lost power), since an open transaction of that worker holds locks.
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

/** PgBouncer's error for `options` and `statement_timeout`, which outlive one transaction. */
const REFUSED_PARAMETER = /unsupported startup parameter/i;
/** Node's codes for an unreachable host: switching TLS on or off would change nothing. */
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

/** Opens connections to the first host of a target that accepts one; starts with the last one that did. */
export class Connector {
  #host: number;
  /** For each host, whether it last accepted a connection with TLS or without. */
  readonly #tls = new Map<DatabaseHost, boolean>();
  /** Why a connection broke before it was handed over. */
  readonly #broken = new WeakMap<Client, Error>();
  /** A pooler that accepts no session parameters is in front of the database. */
  #isPooled = false;
  #hasWarned = false;

  constructor(
    readonly target: ConnectionTarget,
    readonly settings: ConnectorSettings,
  ) {
    this.#host = target.loadBalance ? Math.floor(Math.random() * target.hosts.length) : 0;
  }

  /** Whether sessions are shared, so that a setting lasts for one transaction only. */
  get isPooled(): boolean {
    return this.#isPooled;
  }

  /** The time limit of one try, in milliseconds; 0 is no limit. */
  get connectTimeoutMs(): number {
    return this.target.connectTimeoutMs ?? this.settings.connectTimeoutMs;
  }

  /** Tries each host once. Rejects with its error, or with the errors of all hosts if there are several. */
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
        // The error without TLS is more useful than "the server has no TLS".
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
      // PgBouncer keeps these two per client, and a client can set them only after connecting.
      if (greeting.timezone !== SESSION.timezone) await client.query(`set timezone to '${SESSION.timezone}'`);
      if (!greeting.datestyle.startsWith('ISO')) await client.query(`set datestyle to '${SESSION.datestyle}'`);
      const isShared = processIdOf(client) !== greeting.pid;
      if (isShared) this.#meetPooler();
      const connection = new Connection(client, { backendPid: isShared ? null : greeting.pid }, owner);
      // A connection that broke together with the greeting did so before the caller could listen.
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
      // A transaction's BEGIN and its first statement are sent together.
      pipeline: true,
      ...session,
    };
  }

  /** Aborts a connection that is not established in time. */
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

  /** Logs what an operator has to know who uses PgBouncer. */
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

/** The key of BackendKeyData: the server's process id, or a number that a pooler invented. */
function processIdOf(client: Client): number | null {
  const { processID } = client as Client & { readonly processID?: number | null };
  return processID ?? null;
}

function tooSlow(ms: number, cause: unknown): Error {
  return new Error(`no connection within ${ms / 1_000} s (connect_timeout)`, { cause });
}

/** pg's message for a server that answered `N` to SSLRequest. */
function hasNoTls(error: unknown): boolean {
  return error instanceof Error && /does not support SSL/i.test(error.message);
}

/** Whether the same host may accept a connection with TLS after refusing one without, or the reverse. */
function mayDependOnTls(error: unknown): boolean {
  const state = sqlState(error);
  // invalid_authorization_specification: pg_hba.conf has no matching line
  if (state !== null) return state === '28000';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return !NOBODY.test(code) && !(error instanceof Error && /connect_timeout/.test(error.message));
}
