import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { DatabaseOptions, StartError } from '#libs/options';
import type { Configuration } from '#libs/config';
import { syncDatabase, untilReachable } from '../../worker/src/store/index.js';
import type { Store } from '../../worker/src/store/index.js';
import { bootstrap } from './bootstrap.command.js';
import { generateSecrets } from '../../server/src/local-secrets.js';
import { withStore } from './db/db.commands.js';
import { runWithConfiguration } from './global-options.js';

const SECRETS_FILE = '10-secrets.conf';

/**
 * Writes a configuration file with a new signing key and administrator's password unless the file exists.
 * `ALBIREO_ADMIN_PASSWORD`, if set, is the password of a new file, and replaces the one in an existing file. Returns
 * what it did.
 */
export function writeSecretsFile(directory: string, password: string | undefined): 'made' | 'changed' | 'kept' {
  const file = join(directory, SECRETS_FILE);
  if (existsSync(file)) return password === undefined || password === '' ? 'kept' : changePassword(file, password);
  const secrets = generateSecrets();
  const adminPassword = password === undefined || password === '' ? secrets.adminPassword : password;
  const text = [
    '# Made by "albireo-manage setup". The same on all gateways and workers.',
    '[identity]',
    `admin_password = ${escaped(adminPassword)}`,
    `signing_keys = ${secrets.signingKey}`,
    '',
  ].join('\n');
  return writeOnce(file, text, 0o640) ? 'made' : 'kept';
}

function changePassword(file: string, password: string): 'changed' | 'kept' {
  const before = readFileSync(file, 'utf8');
  const after = before.replace(/^admin_password = .*$/m, () => `admin_password = ${escaped(password)}`);
  if (after === before) return 'kept';
  rewrite(file, after, 0o640);
  return 'changed';
}

/** `$` starts a reference to another option in a configuration file. */
const escaped = (value: string): string => value.replaceAll('$', '$$$$');

/** Returns whether it wrote the file; an existing one stays unchanged. */
function writeOnce(file: string, text: string, mode: number): boolean {
  try {
    writeFileSync(file, text, { mode, flag: 'wx' });
  } catch (error) {
    if (existsSync(file)) return false;
    throw new StartError(`setup: ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return true;
}

/**
 * The password of a broker or database that starts next to Albireo, in the file `password` of a directory that both
 * share: `given` if set, otherwise the existing one, otherwise a new one.
 */
export function sharedPassword(directory: string, given: string | undefined): string {
  const file = join(directory, 'password');
  if (given !== undefined && given !== '') {
    // Other users may read it: the server in its own container runs as another user.
    rewrite(file, given, 0o644);
    return given;
  }
  writeOnce(file, randomBytes(18).toString('base64url'), 0o644);
  return readFileSync(file, 'utf8').trim();
}

function rewrite(file: string, text: string, mode: number): void {
  try {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    writeFileSync(file, text, { mode });
  } catch (error) {
    throw new StartError(`setup: ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Backing {
  readonly directory: string;
  readonly password: string | undefined;
  /** The file that a program reads, and its text for a password. */
  readonly file: string;
  readonly text: (password: string) => string;
}

/** Makes the password of a broker or database and the configuration file that uses it. */
export function writeBacking({ directory, password, file, text }: Backing): void {
  const secret = encodeURIComponent(sharedPassword(directory, password));
  rewrite(file, `# Made by "albireo-manage setup".\n${escaped(text(secret))}\n`, 0o640);
}

interface SetupFlags {
  readonly secretsDir: string;
  readonly brokerDir?: string;
  readonly databaseDir?: string;
  readonly workerDir?: string;
  readonly wait?: boolean;
}

/** Broker and database of docker-compose.yml, under their names there. */
function writeBackings({ secretsDir, brokerDir, databaseDir, workerDir }: SetupFlags): void {
  if (brokerDir !== undefined) {
    writeBacking({
      directory: brokerDir,
      password: process.env['RABBITMQ_PASSWORD'],
      file: join(secretsDir, '20-broker.conf'),
      text: (password) => `[DEFAULT]\ntransport_url = rabbit://albireo:${password}@rabbitmq:5672/`,
    });
  }
  if (databaseDir === undefined) return;
  if (workerDir === undefined) throw new StartError('setup: --database-dir: expected --worker-dir, too');
  writeBacking({
    directory: databaseDir,
    password: process.env['POSTGRES_PASSWORD'],
    file: join(workerDir, '30-database.conf'),
    text: (password) => `[database]\nconnection = postgresql://albireo:${password}@postgres:5432/albireo`,
  });
}

/**
 * The schema, and the administrator's password if one was given: a generated one, which may have been changed through
 * the API since, is left alone.
 */
async function prepareDatabase(
  config: Configuration,
  store: Store,
  { wait }: SetupFlags,
  password: string | undefined,
): Promise<readonly string[]> {
  if (wait === true) await untilReachable(store, config.get(DatabaseOptions));
  const applied = await syncDatabase(store);
  const schema = `database: ${applied.length} migrations applied`;
  if (password === undefined || password === '') return [schema];
  return [schema, ...(await bootstrap(config, store, {}, { OS_BOOTSTRAP_PASSWORD: password }))];
}

export function registerSetup(program: Command): void {
  program
    .command('setup')
    .description('make the secrets that all programs share if there are none, and bring the database up to date')
    .option('--secrets-dir <path>', 'a --config-dir of all programs', '/etc/albireo/albireo.conf.d')
    .option('--broker-dir <path>', 'a directory shared with RabbitMQ, for the password of its user albireo')
    .option('--database-dir <path>', 'a directory shared with PostgreSQL, for the password of its user albireo')
    .option('--worker-dir <path>', 'a --config-dir of the workers alone, with --database-dir')
    .option('--wait', 'while the database does not answer, try again: [database] max_retries and retry_interval')
    .action(async (options: SetupFlags, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const password = process.env['ALBIREO_ADMIN_PASSWORD'];
        const done = writeSecretsFile(options.secretsDir, password);
        process.stdout.write(`secrets: ${done} ${join(options.secretsDir, SECRETS_FILE)}\n`);
        writeBackings(options);
        if (config.get(DatabaseOptions).connection === undefined) return 0;
        const lines = await withStore(config, (store) => prepareDatabase(config, store, options, password));
        process.stdout.write(lines.map((line) => `${line}\n`).join(''));
        return 0;
      });
    });
}
