import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { DatabaseOptions, StartError } from '#libs/config';
import { syncDatabase } from '../../worker/src/store/index.js';
import { generateSecrets } from '../../server/src/local-secrets.js';
import { withStore } from './db/db.commands.js';
import { runWithConfiguration } from './global-options.js';

const SECRETS_FILE = '10-secrets.conf';

/**
 * Writes a configuration file with a new signing key and administrator's password unless it is there already.
 * `ALBIREO_ADMIN_PASSWORD`, where set, is the password of a new file. Answers whether it wrote one.
 */
export function writeSecretsFile(directory: string, password: string | undefined): boolean {
  const file = join(directory, SECRETS_FILE);
  if (existsSync(file)) return false;
  const secrets = generateSecrets();
  const adminPassword = password === undefined || password === '' ? secrets.adminPassword : password;
  // `$` starts a reference to another option in a configuration file.
  const text = [
    '# Made by "albireo-manage setup". The same on all gateways and workers.',
    '[identity]',
    `admin_password = ${adminPassword.replaceAll('$', '$$$$')}`,
    `signing_keys = ${secrets.signingKey}`,
    '',
  ].join('\n');
  try {
    writeFileSync(file, text, { mode: 0o640, flag: 'wx' });
  } catch (error) {
    if (existsSync(file)) return false;
    throw new StartError(`setup: ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return true;
}

export function registerSetup(program: Command): void {
  program
    .command('setup')
    .description('make the secrets that all programs share if there are none, and bring the database up to date')
    .option('--secrets-dir <path>', 'a --config-dir of all programs', '/etc/albireo/albireo.conf.d')
    .action(async (options: { secretsDir: string }, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const written = writeSecretsFile(options.secretsDir, process.env['ALBIREO_ADMIN_PASSWORD']);
        process.stdout.write(`secrets: ${written ? 'made' : 'kept'} ${join(options.secretsDir, SECRETS_FILE)}\n`);
        if (config.get(DatabaseOptions).connection === undefined) return 0;
        const applied = await withStore(config, (store) => syncDatabase(store));
        process.stdout.write(`database: ${applied.length} migrations applied\n`);
        return 0;
      });
    });
}
