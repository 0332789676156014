import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { memberContext, serverArgs, startMemoryWorker } from '../../apps/worker/src/testing/memory-worker.js';
import type { MemoryWorker } from '../../apps/worker/src/testing/memory-worker.js';
import { openStore, syncDatabase } from '../../apps/worker/src/store/index.js';

const WORKERS = 2;

/** Two workers on one PostgreSQL, asked at once for more than the quotas allow. */
describe('quotas under bulk and parallel creates', () => {
  let database: TestDatabase;
  let workers: MemoryWorker[];
  before(async () => {
    database = await startDatabase();
    const store = await openStore({ kind: 'postgres', url: database.url });
    await syncDatabase(store);
    await store.close();
    const options = {
      OS_DEFAULT__EPHEMERAL: 'false',
      OS_DATABASE__CONNECTION: database.url,
      OS_QUOTA__KEY_PAIRS: '7',
      OS_QUOTAS__QUOTA_SUBNET: '20',
      OS_QUOTAS__QUOTA_PORT: '50',
    };
    workers = await Promise.all(Array.from({ length: WORKERS }, () => startMemoryWorker(options)));
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await database.stop();
  });

  /** Calls `create` so many times at once, on all workers in turn, and counts the answers. */
  const atOnce = async (
    count: number,
    create: (worker: MemoryWorker, index: number) => Promise<unknown>,
  ): Promise<Record<string, number>> => {
    const outcomes = Array.from({ length: count }, async (_, index) => {
      const worker = workers[index % WORKERS];
      assert.ok(worker !== undefined);
      return create(worker, index).then(
        () => 'created',
        (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
      );
    });
    const counts: Record<string, number> = {};
    for (const outcome of await Promise.all(outcomes)) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  };

  const networks = (count: number) => Array.from({ length: count }, () => ({}));

  it('lets one of 20 bulk creations of 60 networks through a quota of 100', async () => {
    const context = memberContext();
    const counts = await atOnce(20, ({ network }) =>
      network.call(context, 'network_create', { networks: networks(60) }),
    );
    assert.deepEqual(counts, { created: 1, OverQuota: 19 });
  });

  it('fills a quota of 100 networks to the last one, and no further', async () => {
    const context = memberContext();
    const counts = await atOnce(150, ({ network }) => network.call(context, 'network_create', { networks: [{}] }));
    assert.deepEqual(counts, { created: 100, OverQuota: 50 });
  });

  it('counts what bulk creations give to several projects for each of them', async () => {
    const admin = { ...memberContext(), roles: ['admin', 'manager', 'member', 'reader'], is_admin: true };
    const [one = '', two = ''] = [memberContext(), memberContext()].map((context) => context.project_id ?? '');
    // In both orders: none waits for another in a circle.
    const owners = [one, two].flatMap((project_id) => Array.from({ length: 30 }, () => ({ project_id })));
    const counts = await atOnce(10, ({ network }, index) =>
      network.call(admin, 'network_create', { networks: index % 2 === 0 ? owners : owners.toReversed() }),
    );
    assert.deepEqual(counts, { created: 3, OverQuota: 7 });
  });

  it('is exact for subnets and ports of one network', async () => {
    const context = memberContext();
    const [worker] = workers;
    assert.ok(worker !== undefined);
    const page = await worker.network.call(context, 'network_create', { networks: [{}] });
    const network_id = page['albireo_object.data'].objects[0]?.id ?? '';
    const subnets = await atOnce(30, ({ network }, index) =>
      network.call(context, 'subnet_create', { subnets: [{ network_id, cidr: `10.0.${index}.0/24` }] }),
    );
    assert.deepEqual(subnets, { created: 20, OverQuota: 10 });
    const bulk = Array.from({ length: 15 }, () => ({ network_id }));
    const ports = await atOnce(10, ({ network }) => network.call(context, 'port_create', { ports: bulk }));
    assert.deepEqual(ports, { created: 3, OverQuota: 7 });
  });

  // m1.xlarge has 8 cores and 16384 MiB. What is left over of each limit is less than one server needs.
  const exact = [
    { resource: 'instances', limits: {}, flavor: '1', created: 10, used: 10 },
    { resource: 'cores', limits: { instances: -1, ram: -1, cores: 50 }, flavor: '5', created: 6, used: 48 },
    { resource: 'ram', limits: { instances: -1, cores: -1, ram: 100_000 }, flavor: '5', created: 6, used: 98_304 },
  ] as const;
  for (const { resource, limits, flavor, created, used } of exact) {
    it(`lets ${created} of 100 server creations at once through a quota of ${resource}`, async () => {
      const context = memberContext();
      const admin = { ...memberContext(), roles: ['admin', 'manager', 'member', 'reader'], is_admin: true };
      const project_id = context.project_id ?? '';
      await workers[0]?.conductor.call(admin, 'quota_update', { project_id, limits, force: false });
      const args = serverArgs({ flavor_ref: flavor });
      const counts = await atOnce(100, ({ conductor }) => conductor.call(context, 'server_create', args));
      assert.deepEqual(counts, { created, QuotaExceeded: 100 - created });
      const found = await workers[1]?.conductor.call(context, 'limits_get', null);
      assert.equal(found?.['albireo_object.data'][`used_${resource}`], used);
    });
  }

  it('gives a creation of several servers what is left, by cores too', async () => {
    const context = memberContext();
    // m1.medium has two cores: nine servers fill 18 of 20, and one is left.
    const args = serverArgs({ flavor_ref: '3', min_count: 1, max_count: 3 });
    const counts = await atOnce(20, ({ conductor }) => conductor.call(context, 'server_create', args));
    assert.deepEqual(counts, { created: 4, QuotaExceeded: 16 });
    const limits = await workers[0]?.conductor.call(context, 'limits_get', null);
    assert.equal(limits?.['albireo_object.data'].used_cores, 20);
  });

  it('is exact for the key pairs of a user', async () => {
    const context = memberContext();
    const counts = await atOnce(40, ({ conductor }, index) =>
      conductor.call(context, 'keypair_create', { name: `key-${index}`, type: 'ssh' }),
    );
    assert.deepEqual(counts, { created: 7, QuotaExceeded: 33 });
  });
});
