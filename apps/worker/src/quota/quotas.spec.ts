import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
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
