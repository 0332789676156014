// Lists cost by the rows asked for, not by the rows there: no default or common filter of a list reads a large table from
// end to end. PostgreSQL's own count of rows read in sequence decides, not a clock.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { startDatabase } from '#testing/database';
import { FILLED_TABLES, fillTables } from '#testing/many-rows';
import type { TestDatabase } from '#testing/database';
import { runProgram } from '#testing/program';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { LostStepRepair } from '../../apps/worker/src/compute/lost-step-repair.js';
import { dueServers } from '../../apps/worker/src/conductor/servers/server-timers.js';
import { countState, stateGauges } from '../../apps/worker/src/service/state-metrics.js';
import { openStore } from '../../apps/worker/src/store/index.js';

const ROWS = 25_000;
/** Of servers, which workers look through by themselves. */
const SERVERS = 100_000;
/** Rows of the project that asks. */
const OWN = 100;
/** A table of which a request has read so many rows in sequence was not reached by an index. */
const MANY = 5_000;

const LISTS = {
  network: [
    '/v2.0/networks',
    '/v2.0/networks?name=none',
    '/v2.0/networks?limit=5&sort_key=name&sort_dir=asc',
    '/v2.0/networks?router:external=true',
    '/v2.0/networks?id=NETWORK',
    '/v2.0/subnets',
    '/v2.0/subnets?network_id=NETWORK',
    '/v2.0/ports',
    '/v2.0/ports?device_id=SERVER',
    '/v2.0/ports?network_id=NETWORK',
    '/v2.0/ports?fixed_ips=ip_address%3D10.0.0.7',
    '/v2.0/ports/PORT',
    '/v2.0/security-groups',
    '/v2.0/security-groups?name=default',
    '/v2.0/security-group-rules?security_group_id=GROUP',
  ],
  osapi_compute: [
    '/v2.1/servers/detail',
    '/v2.1/servers/detail?limit=5',
    '/v2.1/servers?name=server-7',
    '/v2.1/servers?status=ACTIVE',
    '/v2.1/servers?changes-since=2100-01-01T00:00:00Z',
    '/v2.1/servers/SERVER',
    '/v2.1/servers/SERVER/os-interface',
    '/v2.1/limits',
  ],
  image: ['/v2/images', '/v2/images?name=image-7', '/v2/images?visibility=public', '/v2/images?limit=5&sort=name:asc'],
} as const;

/** What an administrator sees of them: pages of all rows, also from the middle of them on. */
const PAGES = {
  network: ['networks', 'subnets', 'ports', 'security-groups', 'security-group-rules']
    .flatMap((plural) => [`/v2.0/${plural}?limit=20`, `/v2.0/${plural}?limit=20&page_reverse=true`])
    .concat('/v2.0/networks?limit=20&marker=NETWORK', '/v2.0/ports?limit=20&marker=PORT'),
  osapi_compute: [
    '/v2.1/servers/detail?limit=20&all_tenants=1',
    '/v2.1/servers/detail?limit=20&all_tenants=1&marker=SERVER',
    '/v2.1/servers/detail?limit=20&all_tenants=1&host=nowhere',
  ],
  image: ['/v2/images?limit=20', '/v2/images?limit=20&owner=nobody'],
} as const;

describe('lists over large tables', () => {
  let database: TestDatabase;
  let stack: Stack;
  let client: Client;
  let admin: ApiClient;
  let member: ApiClient;
  const ids = new Map<string, string>();

  before(async () => {
    database = await startDatabase();
    const env = {
      OS_DATABASE__CONNECTION: database.url,
      // What workers do by themselves reads these tables, too: here it would be taken for a list's.
      OS_DEFAULT__PERIODIC_ENABLE: 'false',
      OS_DEFAULT__REPORT_INTERVAL: '3600',
      OS_DEFAULT__SERVICE_DOWN_TIME: '7200',
    };
    const sync = await runProgram('albireo-manage', { args: ['db', 'sync'], env });
    assert.equal(sync.code, 0, sync.output);
    stack = await startEmbedded({ env });
    client = new Client({ connectionString: database.url });
    await client.connect();
    admin = new ApiClient(stack.ports);
    await admin.login();
    const cloud = new Cloud(admin);
    const network = await cloud.createNetwork('pattern', '10.0.0.0/8');
    const server = await cloud.createServer('pattern', network, await cloud.imageId());
    await cloud.untilStatus(server, 'ACTIVE');
    member = await memberOf(stack);
    await fill();
  });
  after(async () => {
    await client?.end();
    await stack?.stop();
    await database?.stop();
  });

  async function memberOf({ ports }: Stack): Promise<ApiClient> {
    const made = async (path: string, body: object): Promise<string> => {
      const answer = await admin.expect(201, 'identity', 'POST', path, { body });
      return (Object.values(answer)[0] as { id: string }).id;
    };
    const project = await made('/v3/projects', { project: { name: 'lists' } });
    const user = await made('/v3/users', { user: { name: 'lists', password: 'of-this-test' } });
    const roles = await admin.expect(200, 'identity', 'GET', '/v3/roles?name=member');
    const [role] = roles['roles'] as { id: string }[];
    await admin.expect(204, 'identity', 'PUT', `/v3/projects/${project}/users/${user}/roles/${role?.id}`);
    const password = { user: { id: user, password: 'of-this-test' } };
    const scope = { project: { id: project } };
    const answer = await admin.request('identity', 'POST', '/v3/auth/tokens', {
      token: null,
      body: { auth: { identity: { methods: ['password'], password }, scope } },
    });
    const api = new ApiClient(ports);
    api.token = answer.headers.get('x-subject-token') ?? '';
    ids.set('project', project);
    return api;
  }

  async function fill(): Promise<void> {
    const project = ids.get('project') ?? '';
    const rows = (table: string): number => (table === 'instances' ? SERVERS : ROWS);
    for (const [kind, id] of await fillTables(client, { project, own: OWN, rows })) ids.set(kind.toUpperCase(), id);
  }

  /** How many rows of each large table have been read, in sequence or by an index; sessions report it when they end. */
  async function rowsRead(): Promise<Map<string, number>> {
    const others = `pid <> pg_backend_pid() and datname = current_database() and backend_type = 'client backend'`;
    const { rows: sessions } = await client.query<{ pid: number }>(
      `select pid, pg_terminate_backend(pid) from pg_stat_activity where ${others}`,
    );
    const gone = `select count(*)::int as count from pg_stat_activity where pid = any($1)`;
    const pids = sessions.map(({ pid }) => pid);
    for (let left = pids.length; left > 0;) {
      left = (await client.query<{ count: number }>(gone, [pids])).rows[0]?.count ?? 0;
    }
    const { rows } = await client.query<{ table: string; read: string }>(
      `select relname as table, seq_tup_read + coalesce(idx_tup_fetch, 0) as read from pg_stat_user_tables where relname = any($1)`,
      [FILLED_TABLES],
    );
    return new Map(rows.map(({ table, read }) => [table, Number(read)]));
  }

  /** A session that was ended may cost the next request its first try. */
  async function ask(caller: ApiClient, api: keyof typeof LISTS, path: string): Promise<void> {
    for (let left = 20; left > 0; left -= 1) {
      const { status, text } = await caller.request(api, 'GET', path);
      if (status === 200) return;
      assert.ok(status >= 500, `${path}: ${status} ${text}`);
    }
    assert.fail(`${path} is not answered`);
  }

  /** Paths after each of which a large table was read from end to end. */
  async function scansOf(caller: ApiClient, api: keyof typeof LISTS, paths: readonly string[]): Promise<string[]> {
    const scans: string[] = [];
    let earlier = await rowsRead();
    for (const path of paths) {
      await ask(
        caller,
        api,
        path.replace(/\b(NETWORK|PORT|SERVER|GROUP)\b/, (kind) => ids.get(kind) ?? kind),
      );
      const now = await rowsRead();
      for (const [table, read] of now) {
        const rows = read - (earlier.get(table) ?? 0);
        if (rows >= MANY) scans.push(`${path}: ${rows} rows of ${table}`);
      }
      earlier = now;
    }
    return scans;
  }

  for (const api of ['network', 'osapi_compute', 'image'] as const) {
    it(`of ${api} read no large table from end to end`, async () => {
      assert.deepEqual(await scansOf(member, api, LISTS[api]), []);
    });
  }

  for (const api of ['network', 'osapi_compute', 'image'] as const) {
    it(`of ${api}, of all projects, read a page and no more, also from the middle on`, async () => {
      assert.deepEqual(await scansOf(admin, api, PAGES[api]), []);
    });
  }

  it('and neither does what workers do by themselves, each minute and more often', async () => {
    const store = await openStore({ kind: 'postgres', url: database.url });
    try {
      const none = undefined as never;
      const looks: Readonly<Record<string, () => Promise<unknown>>> = {
        'count servers': () => countState(store, stateGauges()),
        'repair lost steps': () => new LostStepRepair(store, none, none).run(3_600_000),
        'reclaim deleted servers': () => dueServers.reclaim(store.db, 60),
        'confirm resizes': () => dueServers.confirm(store.db, 60),
        'offload shelved servers': () => dueServers.offload(store.db, 60),
      };
      const scans: string[] = [];
      let earlier = await rowsRead();
      for (const [name, look] of Object.entries(looks)) {
        await look();
        const now = await rowsRead();
        for (const [table, read] of now) {
          const rows = read - (earlier.get(table) ?? 0);
          if (rows >= MANY) scans.push(`${name}: ${rows} rows of ${table}`);
        }
        earlier = now;
      }
      assert.deepEqual(scans, []);
    } finally {
      await store.close();
    }
  });
});
