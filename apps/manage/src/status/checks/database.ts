import { sql } from 'kysely';
import { DatabaseOptions, MessagingOptions, ServiceOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { databaseVersion } from '../../../../worker/src/store/index.js';
import type { DatabaseVersion, Store } from '../../../../worker/src/store/index.js';
import { withStore } from '../../db/db.commands.js';
import { failure, success, warning } from '../upgrade-check.js';
import type { CheckResult, NamedResult } from '../upgrade-check.js';

/** An outbox row of this age is not merely in transit. */
const OLD_SECONDS = 60;

/** Schema, services that do not report, and work that is stuck. */
export async function checkDatabase(config: Configuration): Promise<NamedResult[]> {
  const name = 'Database Schema';
  const { connection } = config.get(DatabaseOptions);
  const { transportUrl = 'memory:' } = config.get(MessagingOptions);
  if (connection === undefined && !transportUrl.startsWith('memory:')) {
    const details = '[database] connection is not set here, as on a gateway. Run this where the workers run.';
    return [{ name, ...warning(details) }];
  }
  try {
    return await withStore(config, async (store) => {
      const version = await databaseVersion(store);
      const schema = { name, ...judgeSchema(version) };
      // Without the schema of this release its tables cannot be read.
      if (version.current === null || version.pending.length > 0) return [schema];
      const downSeconds = config.get(ServiceOptions).serviceDownTime;
      return [
        schema,
        { name: 'Services', ...(await silentServices(store, downSeconds)) },
        { name: 'Outbox', ...(await oldCasts(store)) },
      ];
    });
  } catch (error) {
    return [{ name, ...failure(error instanceof Error ? error.message : String(error)) }];
  }
}

function judgeSchema({ current, pending, unknown }: DatabaseVersion): CheckResult {
  const remedy = 'Run "albireo-manage db sync" with this release before its workers start (the chart does).';
  if (current === null) return warning(`The database is empty. ${remedy}`);
  if (pending.length > 0) return warning(`Missing: ${pending.join(', ')}. ${remedy} Old workers go on meanwhile.`);
  if (unknown.length > 0) return success(`Of a later release: ${unknown.join(', ')}. This one runs on it.`);
  return success();
}

async function silentServices(store: Store, downSeconds: number): Promise<CheckResult> {
  const silent = await sql<{ name: string }>`
    select "binary" || ' on ' || host as name from services
    where not disabled and updated_at < business_clock() - ${downSeconds} * interval '1 second'
    order by 1`.execute(store.db);
  const names = silent.rows.map(({ name }) => name);
  if (names.length === 0) return success();
  return warning(`Silent for more than ${downSeconds} s: ${names.join(', ')}. Servers there stay as they are.`);
}

async function oldCasts(store: Store): Promise<CheckResult> {
  const old = await sql<{ count: number }>`
    select count(*)::int as count from outbox
    where created_at < clock_timestamp() - ${OLD_SECONDS} * interval '1 second'`.execute(store.db);
  const count = old.rows[0]?.count ?? 0;
  if (count === 0) return success();
  return warning(
    `${count} casts wait for more than ${OLD_SECONDS} s. They are sent when a worker runs and the broker takes them.`,
  );
}
