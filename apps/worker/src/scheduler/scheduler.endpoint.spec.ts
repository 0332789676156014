import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ExpectedError, PlacementExplanation, ServerPage, schedulerContract } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { adminContext, memberContext, serverArgs, settled, startMemoryWorker } from '../testing/memory-worker.js';
import type { MemoryWorker } from '../testing/memory-worker.js';

describe('what would refuse a server', () => {
  let worker: MemoryWorker;
  const owner = memberContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_FILTER_SCHEDULER__ENABLED_FILTERS: 'NumInstancesFilter,ComputeFilter' });
  });
  after(() => worker.stop());

  it('is told over the bus, to who may see the hosts', async () => {
    const scheduler = new RpcClient(worker.shared.transport, schedulerContract, {
      rebuildError: (error) => ExpectedError.fromRemote(error),
    });
    const ask = async (id: string, as = adminContext()) =>
      PlacementExplanation.unwrap(await scheduler.call(as, 'explain_destination', { instance_uuid: id }));
    const page = ServerPage.unwrap(await worker.conductor.call(owner, 'server_create', serverArgs()));
    const { id } = await settled(worker.conductor, owner, page.objects[0]!.id);
    const host = { host: 'test-host', refused_by: [] };
    assert.deepEqual(await ask(id), { instance_uuid: id, vm_state: 'active', host: 'test-host', hosts: [host] });
    await worker.shared.store.db.updateTable('services').set({ disabled: true }).execute();
    assert.deepEqual((await ask(id)).hosts, [{ host: 'test-host', refused_by: ['ComputeFilter'] }]);
    await assert.rejects(ask('none'), { name: 'InstanceNotFound' });
    await assert.rejects(ask(id, owner), { name: 'PolicyNotAuthorized' });
  });
});

describe('several servers of one request', () => {
  let worker: MemoryWorker;
  const owner = memberContext();
  before(async () => {
    worker = await startMemoryWorker({
      OS_FAKE__HOSTS: '3',
      OS_FAKE__VCPUS: '2',
      OS_DEFAULT__CPU_ALLOCATION_RATIO: '1',
    });
  });
  after(() => worker.stop());

  const create = async (count: number) => {
    const args = serverArgs({ min_count: 1, max_count: count });
    const page = ServerPage.unwrap(await worker.conductor.call(owner, 'server_create', args));
    return page.objects.map(({ id }) => id);
  };
  const states = (ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await settled(worker.conductor, owner, id)).vm_state));
  const held = () => worker.shared.store.db.selectFrom('allocations').select('host').orderBy('host').execute();

  it('get hosts together, or all of them none', async () => {
    const ids = await create(4);
    assert.deepEqual(await states(ids), ['active', 'active', 'active', 'active']);
    assert.equal((await held()).length, 4);
    const refused = await create(3);
    assert.deepEqual(await states(refused), ['error', 'error', 'error']);
    assert.equal((await held()).length, 4);
    assert.deepEqual(await states(await create(2)), ['active', 'active']);
  });

  it('are scheduled without one that was deleted before', async () => {
    for (const id of (await worker.shared.store.db.selectFrom('instances').select('id').execute()).map(
      (row) => row.id,
    )) {
      await worker.conductor.call(owner, 'server_delete', { id }).catch(() => undefined);
    }
    const ids = await create(2);
    await worker.conductor.call(owner, 'server_delete', { id: ids[0]! });
    assert.deepEqual(await states(ids.slice(1)), ['active']);
  });
});
