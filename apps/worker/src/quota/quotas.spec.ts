import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openMemoryStore } from '../testing/memory-store.js';
import { insertNetwork } from '../testing/network-rows.js';
import type { Store } from '../store/index.js';
import { configuredLimits, storedLimits } from './limit-sources.js';
import { Quotas } from './quotas.js';

const OPTIONS = { quotaNetwork: 3, quotaSubnet: -1, quotaPort: 5, quotaRouter: 10, quotaFloatingip: 50 };

describe('quotas', () => {
  let store: Store;
  before(async () => {
    store = await openMemoryStore();
  });
  after(() => store.close());

  const shown = async (quotas: Quotas, project: string) => {
    const { network, subnet, port } = await quotas.limits(store.db, 'network', project);
    return { network, subnet, port };
  };

  it('takes the limits of the project before those of its class, and these before the options', async () => {
    const quotas = Quotas.configured({ network: OPTIONS });
    await store.db
      .insertInto('quota_classes')
      .values([
        { service: 'network', class_name: 'default', resource: 'network', hard_limit: 7 },
        { service: 'network', class_name: 'default', resource: 'subnet', hard_limit: 8 },
        { service: 'network', class_name: 'gold', resource: 'port', hard_limit: 1000 },
        { service: 'compute', class_name: 'default', resource: 'network', hard_limit: 1 },
      ])
      .execute();
    await store.db
      .insertInto('quotas')
      .values([{ service: 'network', project_id: 'big', resource: 'network', hard_limit: -1 }])
      .execute();
    assert.deepEqual(await shown(quotas, 'big'), { network: -1, subnet: 8, port: 5 });
    assert.deepEqual(await shown(quotas, 'other'), { network: 7, subnet: 8, port: 5 });
    await store.db.deleteFrom('quota_classes').execute();
    await store.db.deleteFrom('quotas').execute();
  });

  it('takes limits that are registered with keystone, where the driver says so', async () => {
    const compute = { instances: 10, cores: 20, ram: 51_200, metadataItems: 128, keyPairs: 100, serverGroups: 10 };
    const bounds = { injectedFiles: 5, injectedFileContentBytes: 10_240, injectedFilePathLength: 255 };
    const options = { ...compute, ...bounds, serverGroupMembers: 10, driver: 'nova.quota.UnifiedLimitsDriver' };
    const quotas = Quotas.configured({ compute: options });
    const shown = async (project: string) => {
      const { instances, cores, ram } = await quotas.limits(store.db, 'compute', project);
      return { instances, cores, ram };
    };
    assert.deepEqual(await shown('p'), { instances: 0, cores: -1, ram: -1 });
    await sql`
      insert into catalog_services (id, type, name) values ('nova', 'compute', 'nova') on conflict do nothing`.execute(
      store.db,
    );
    await sql`
      insert into registered_limits (id, service_id, resource_name, default_limit)
      values ('r1', 'nova', 'servers', 3), ('r2', 'nova', 'class:VCPU', 6)`.execute(store.db);
    await sql`insert into domains (id, name) values ('d', 'd')`.execute(store.db);
    await sql`insert into projects (id, name, domain_id) values ('big', 'big', 'd')`.execute(store.db);
    await sql`
      insert into limits (id, registered_limit_id, project_id, resource_limit) values ('l1', 'r1', 'big', 30)`.execute(
      store.db,
    );
    assert.deepEqual(await shown('p'), { instances: 3, cores: 6, ram: -1 });
    assert.deepEqual(await shown('big'), { instances: 30, cores: 6, ram: -1 });
  });

  it('takes another source, as of unified limits, where it has a limit', async () => {
    const unified = async () => ({ network: 1 });
    const quotas = new Quotas([unified, storedLimits, configuredLimits({ network: OPTIONS })]);
    assert.deepEqual(await shown(quotas, 'p'), { network: 1, subnet: -1, port: 5 });
    assert.equal((await quotas.limits(store.db, 'compute', 'p')).instances, -1);
  });

  it('counts what an owner has, and only resources with a limit when they are held', async () => {
    const quotas = Quotas.configured({ network: OPTIONS });
    for (const project_id of ['counted', 'counted', 'another']) await insertNetwork(store.db, { project_id });
    const { used } = await quotas.read(store.db, 'network', ['network', 'subnet', 'port'], 'counted');
    assert.deepEqual(used, { network: 2, subnet: 0, port: 0 });
    await store.transaction(async (tx) => {
      const owner = { projectId: 'counted' };
      const hold = await quotas.hold(tx, 'network', ['network', 'subnet'], [owner]);
      assert.deepEqual(await hold.amounts(owner), { network: { limit: 3, used: 2 } });
      assert.equal(hold.limits(owner).port, 5);
      assert.throws(() => hold.limits({ projectId: 'stranger' }), TypeError);
    });
  });

  it('reads each table once for all of its resources', async () => {
    const { used } = await Quotas.configured({}).read(
      store.db,
      'compute',
      ['instances', 'cores', 'ram', 'key_pairs'],
      'p',
    );
    assert.deepEqual(used, { instances: 0, cores: 0, ram: 0, key_pairs: 0 });
  });
});
