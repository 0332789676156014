import { invalidConnection as invalid } from '../store.errors.js';
import { tlsSettings } from './tls-settings.js';
import type { TlsSettings } from './tls-settings.js';

export interface DatabaseHost {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

/** Where PostgreSQL is and how to connect to it: the contents of a connection URL, in libpq's terms. */
export interface ConnectionTarget {
  /** Tried in this order. */
  readonly hosts: readonly DatabaseHost[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly tls: TlsSettings;
  readonly targetSessionAttrs: 'any' | 'read-write' | 'primary';
  /** Start with any of the hosts. */
  readonly loadBalance: boolean;
  /** `connect_timeout` of the URL in milliseconds; undefined if the URL has none. */
  readonly connectTimeoutMs: number | undefined;
  /** Milliseconds of silence after which the kernel checks whether the other side still exists; null: never. */
  readonly keepaliveIdleMs: number | null;
  readonly applicationName: string | undefined;
  /** Command-line options for the session, as `-c name=value`. */
  readonly options: string | undefined;
}

const DEFAULT_PORT = 5432;
const DEFAULT_KEEPALIVE_IDLE_MS = 10_000;
/** Parameters that are accepted and ignored: libpq's tuning of sockets, and behaviour that pg always has. */
const WITHOUT_EFFECT = new Set([
  'client_encoding',
  'fallback_application_name',
  'gssencmode',
  'gsslib',
  'keepalives_count',
  'keepalives_interval',
  'krbsrvname',
  'max_protocol_version',
  'min_protocol_version',
  'sslcertmode',
  'sslcompression',
  'sslsni',
  'tcp_user_timeout',
  'uselibpqcompat',
]);

/**
 * Reads `postgresql://user:password@host1:port1,host2:port2/database?parameters` as libpq does (34.1.1.2 Connection
 * URIs, 34.1.2 Parameter Key Words).
 * @throws StoreError ConnectionInvalid, without the URL's password, for anything unsupported
 */
export function parseConnectionUrl(url: string): ConnectionTarget {
  const match = /^[a-z0-9+]+:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?(.*))?$/is.exec(url);
  if (match === null) throw invalid('expected postgresql://user:password@host:port/database');
  const [, credentials = '', authority = '', path = '', query = ''] = match;
  const parameters = new Parameters(query);
  const [user, password] = splitOnce(credentials, ':').map(decoded);
  const hosts = hostsOf(authority, parameters);
  const target: ConnectionTarget = {
    hosts,
    user: parameters.take('user') ?? (user === '' ? undefined : user),
    password: parameters.take('password') ?? password,
    database: parameters.take('dbname') ?? (path === '' ? undefined : decoded(path)),
    tls: tlsSettings((name) => parameters.take(name)),
    targetSessionAttrs: sessionAttrs(parameters.take('target_session_attrs')),
    loadBalance: oneOf('load_balance_hosts', parameters.take('load_balance_hosts'), ['disable', 'random']) === 'random',
    connectTimeoutMs: connectTimeout(parameters),
    keepaliveIdleMs: keepalive(parameters),
    applicationName: parameters.take('application_name'),
    options: parameters.take('options'),
  };
  if (parameters.take('channel_binding') === 'require') throw invalid('channel_binding=require is not supported');
  const [unknown] = parameters.left().filter((name) => !WITHOUT_EFFECT.has(name));
  if (unknown !== undefined) throw invalid(`the parameter "${unknown}" is not known or not supported`);
  return target;
}

/** The parameters after the question mark; each is taken once. */
class Parameters {
  readonly #values = new Map<string, string>();

  constructor(query: string) {
    for (const pair of query.split('&').filter(Boolean)) {
      const [name = '', value = ''] = splitOnce(pair, '=').map(decoded);
      this.#values.set(name, value);
    }
  }

  take(name: string): string | undefined {
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value === '' ? undefined : value;
  }

  milliseconds(name: string): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) throw invalid(`${name}: expected seconds, found "${value}"`);
    return Number(value) * 1_000;
  }

  left(): string[] {
    return [...this.#values.keys()];
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a "%" that is not followed by two hexadecimal digits: write %25');
  }
}

function hostsOf(authority: string, parameters: Parameters): DatabaseHost[] {
  const inAuthority = authority.split(',').map((one) => {
    const match = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(one);
    if (match === null) throw invalid(`"${one}" is no host and port`);
    return { host: decoded(match[1] ?? '').replace(/^\[(.*)\]$/, '$1'), port: match[2] ?? '' };
  });
  // hostaddr only saves the name look-up; certificates are then checked against the address.
  const named = (parameters.take('hostaddr') ?? parameters.take('host'))?.split(',');
  parameters.take('host');
  const names = named ?? inAuthority.map(({ host }) => host);
  const ports = parameters.take('port')?.split(',') ?? (named === undefined ? inAuthority.map(({ port }) => port) : []);
  if (ports.length > 1 && ports.length !== names.length)
    throw invalid(`${ports.length} ports for ${names.length} hosts`);
  return names.map((name, index) => {
    const port = Number((ports.length === 1 ? ports[0] : ports[index]) || DEFAULT_PORT);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid(`"${port}" is no port`);
    return { host: name === '' ? 'localhost' : name, port };
  });
}

function oneOf(name: string, value: string | undefined, allowed: readonly string[]): string | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  throw invalid(`${name}: expected ${allowed.join(' or ')}, found "${value}"`);
}

/** libpq's default is `any`. On a server that accepts no changes a worker could only read outdated data. */
function sessionAttrs(value: string | undefined): ConnectionTarget['targetSessionAttrs'] {
  const known = oneOf('target_session_attrs', value, ['any', 'read-write', 'primary']);
  return known === 'any' || known === 'primary' ? known : 'read-write';
}

/** As libpq: 0 or less means no limit from the URL, and less than 2 seconds means 2. */
function connectTimeout(parameters: Parameters): number | undefined {
  const value = parameters.milliseconds('connect_timeout');
  return value === undefined || value <= 0 ? undefined : Math.max(2_000, value);
}

function keepalive(parameters: Parameters): number | null {
  const isOff = parameters.take('keepalives') === '0';
  const idle = parameters.milliseconds('keepalives_idle');
  if (isOff) return null;
  return idle === undefined || idle <= 0 ? DEFAULT_KEEPALIVE_IDLE_MS : idle;
}
