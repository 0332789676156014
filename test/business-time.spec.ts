import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { MACHINE_TIME } from '../apps/worker/src/store/business-time.js';
import type { Store } from '../apps/worker/src/store/index.js';
import { openMemoryStore } from '../apps/worker/src/testing/memory-store.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Who goes by the machine's time, and why. Everything else asks `business_now()`, `business_clock()`, `businessClock`. */
const MACHINE: Readonly<Record<string, string>> = {
  'apps/worker/src/store/business-time.ts': 'makes the business time',
  'apps/worker/src/store/ledger/': 'leases of messages',
  'apps/worker/src/store/outbox/': 'when a message is sent again',
  'apps/worker/src/store/postgres/': 'how long the database is silent',
  'apps/worker/src/store/migrations/': 'defaults of columns, which useBusinessTime changes',
  'apps/worker/src/snapshots/': 'when a snapshot was made; which casts are older than a restore',
  'apps/worker/src/service/state-metrics.ts': 'the age of the outbox',
  'apps/manage/src/status/checks/database.ts': 'the age of the outbox',
  'apps/worker/src/events/event-log.ts': 'what an operator compares with a log',
  'apps/worker/src/image/image-objects.ts': 'leases of uploads',
  'apps/worker/src/image/import/image-tasks.ts': 'leases of tasks',
  'apps/worker/src/network/agents/agent-notices.ts': 'the lease of whoever tells agents',
  'apps/worker/src/qemu/image-cache.ts': 'times of files',
  'apps/worker/src/compute/power-sync.ts': 'a name that no other start has',
  'apps/worker/src/drivers/machine-uptime.ts': 'how long the machine runs',
  'apps/worker/src/identity/oauth/oauth1-signature.ts': "the client's clock, against replays",
  'apps/worker/src/identity/delegation/authenticate-signature.ts': "the client's clock, against replays",
  'apps/worker/src/identity/auth/authenticate-methods.ts': 'the clock of whatever shows the passcode',
  'apps/gateway/src/metadata/metadata.controller.ts': 'which versions of the format there are',
  'apps/gateway/src/edge/keystone/': "another cloud's tokens",
  'apps/gateway/src/edge/filters/healthcheck.ts': 'what an operator compares with a watch',
};

const SQL_TIME =
  /(?<![\w.])now\(\)(?!:)|clock_timestamp\(\)|statement_timestamp|transaction_timestamp|\blocaltimestamp\b|\bcurrent_(date|time|timestamp)\b/i;
const JS_TIME = /\bDate\.now\(\)|\bnew Date\(\)/;

function offenders(apps: readonly string[], pattern: RegExp): string[] {
  return apps.flatMap((app) =>
    readdirSync(join(root, app), { recursive: true, encoding: 'utf8' })
      .map((name) => `${app}/${name}`)
      .filter((file) => file.endsWith('.ts') && !/\.spec\.ts$|\/testing\//.test(file))
      .filter((file) => !Object.keys(MACHINE).some((known) => file.startsWith(known)))
      .flatMap((file) =>
        readFileSync(join(root, file), 'utf8')
          .split('\n')
          .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
      ),
  );
}

describe('business time', () => {
  let store: Store;
  before(async () => {
    store = await openMemoryStore();
  });
  after(() => store.close());

  it('is what every statement asks for that is not about a message, a lease or a machine', () => {
    assert.deepEqual(offenders(['apps/worker/src', 'apps/manage/src'], SQL_TIME), []);
  });

  it('is what the APIs and the worker judge expiry by', () => {
    assert.deepEqual(offenders(['apps/worker/src', 'apps/gateway/src'], JS_TIME), []);
  });

  it('is what every column begins with that begins with a time', async () => {
    const { rows } = await sql<{ column: string }>`
      select c.relname || '.' || a.attname as column
      from pg_attrdef d join pg_class c on c.oid = d.adrelid
        join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
      where c.relnamespace = current_schema()::regnamespace
        and pg_get_expr(d.adbin, d.adrelid) ~* '(^|[^_a-z])(now|clock_timestamp)\\(|current_|localtime'
      order by 1`.execute(store.db);
    const wrong = rows.filter(({ column }) => {
      const [table = '', name = ''] = column.split('.');
      return !MACHINE_TIME.tables.some((one) => one === table) && !MACHINE_TIME.columns.some((one) => one === name);
    });
    assert.deepEqual(wrong, []);
  });
});
