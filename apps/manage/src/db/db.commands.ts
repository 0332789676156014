import type { Command } from 'commander';
import { DatabaseOptions, ServiceOptions, StartError } from '#libs/options';
import type { Configuration } from '#libs/config';
import {
  databaseVersion,
  openStore,
  storeLocation,
  syncDatabase,
  untilReachable,
} from '../../../worker/src/store/index.js';
import type { Store } from '../../../worker/src/store/index.js';
import { runWithConfiguration } from '../global-options.js';

/** Opens the configured database, runs `work` and closes it; an error is one line for the operator. */
export async function withStore<T>(config: Configuration, work: (store: Store) => Promise<T>): Promise<T> {
  const { connection } = config.get(DatabaseOptions);
  const { statePath, ephemeral } = config.get(ServiceOptions);
  let store: Store | undefined;
  try {
    const location = storeLocation({ connection, statePath, ephemeral });
    // A user waits at a terminal: a database that is down is reported at once.
    store = await openStore(location.kind === 'postgres' ? { ...location, pool: { reconnectTimeoutMs: 0 } } : location);
    return await work(store);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`database: ${reason}`);
  } finally {
    await store?.close();
  }
}

export function registerDatabaseCommands(program: Command): void {
  const db = program.command('db').description('the schema of the database');
  db.command('sync')
    .description('bring the schema up to date; may run from several places at once')
    .option('--wait', 'while the server does not answer, try again: [database] max_retries and retry_interval')
    .action(async (options: { readonly wait?: boolean }, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const applied = await withStore(config, async (store) => {
          if (options.wait === true) await untilReachable(store, config.get(DatabaseOptions));
          return syncDatabase(store);
        });
        process.stdout.write(
          applied.length === 0 ? 'the schema is up to date\n' : applied.map((name) => `applied ${name}\n`).join(''),
        );
        return 0;
      });
    });
  db.command('version')
    .description('what the database has, and what this release would add; exit 1 when it needs "db sync"')
    .action(async (_options: unknown, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const version = await withStore(config, (store) => databaseVersion(store));
        const lines = [`current ${version.current ?? 'none'}`, `expected ${version.expected}`];
        lines.push(...version.pending.map((name) => `pending ${name}`));
        lines.push(...version.unknown.map((name) => `of a later release ${name}`));
        process.stdout.write(`${lines.join('\n')}\n`);
        return version.pending.length === 0 ? 0 : 1;
      });
    });
}
