import { BoolOpt, DurationOpt, IntOpt, OptionGroup, StrOpt } from '#libs/config';
import type { OptionValue } from '#libs/config';

function checkConnection(value: OptionValue): string | undefined {
  if (typeof value !== 'string' || /^(postgres|postgresql|postgresql\+psycopg2?):\/\//.test(value)) return undefined;
  const scheme = /^[a-z0-9+]+(?=:)/i.exec(value)?.[0];
  const expected = 'expected postgresql://user:password@host:5432/database, or no value for the embedded database';
  return scheme === undefined ? expected : `${scheme} is no database of this product; ${expected}`;
}

@OptionGroup('database', { help: 'The database of the workers. The gateway has none.', half: 'rpc' })
export class DatabaseOptions {
  @StrOpt({
    secret: true,
    check: checkConnection,
    sampleDefault: '<the embedded database in $state_path/database>',
    deprecatedOpts: [{ group: 'DEFAULT', name: 'sql_connection' }, { name: 'sql_connection' }, { group: 'sql' }],
    help:
      'URL of PostgreSQL: postgresql://user:password@host:5432/database, in the terms of libpq: several hosts ' +
      '(host1:5432,host2:5432), sslmode, target_session_attrs, connect_timeout, keepalives_idle. Unset: an embedded ' +
      'database in $state_path/database, for one process.',
  })
  readonly connection!: string | undefined;

  @IntOpt({
    default: 5,
    min: 1,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'sql_max_pool_size' }, { name: 'sql_max_pool_size' }],
    help: 'Maximum number of connections of one worker process.',
  })
  readonly maxPoolSize!: number;

  @DurationOpt({
    default: 30,
    deprecatedOpts: [{ name: 'sqlalchemy_pool_timeout' }],
    help: 'Seconds to wait for a free connection of the pool.',
  })
  readonly poolTimeout!: number;

  @DurationOpt({
    default: 3,
    help:
      'Seconds that making one connection may take, its log-in included; 0 for no limit. connect_timeout in the URL ' +
      'stands above it.',
  })
  readonly connectTimeout!: number;

  @DurationOpt({
    default: 3,
    help:
      'Seconds that requests wait for a database that went away; later ones are answered 503 at once until it is back. ' +
      'An outage that is shorter fails no request.',
  })
  readonly reconnectTimeout!: number;

  @IntOpt({
    default: 3600,
    min: -1,
    deprecatedOpts: [
      { group: 'DEFAULT', name: 'sql_idle_timeout' },
      { name: 'sql_idle_timeout' },
      { name: 'idle_timeout' },
      { group: 'sql', name: 'idle_timeout' },
    ],
    help: 'Seconds after which an idle connection is closed; -1 for never.',
  })
  readonly connectionRecycleTime!: number;

  @DurationOpt({ default: 30, help: 'Seconds that one statement may take; 0 for no limit.' })
  readonly statementTimeout!: number;

  @BoolOpt({
    default: true,
    help:
      'Give statements names, so that PostgreSQL parses and plans them once for a connection. Switch it off behind a ' +
      'pooler that shares connections between transactions (PgBouncer before 1.21 with pool_mode = transaction).',
  })
  readonly preparedStatements!: boolean;

  @IntOpt({
    default: 10,
    min: -1,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'sql_max_retries' }, { name: 'sql_max_retries' }],
    help: 'Times that a failed connection is tried again at start; -1 for no limit.',
  })
  readonly maxRetries!: number;

  @IntOpt({
    default: 10,
    min: 1,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'sql_retry_interval' }, { name: 'reconnect_interval' }],
    help: 'Seconds between two tries.',
  })
  readonly retryInterval!: number;

  @BoolOpt({
    default: true,
    help: 'Bring the schema of the embedded database up to date at start. PostgreSQL: albireo-manage db sync.',
  })
  readonly autoMigrate!: boolean;
}
