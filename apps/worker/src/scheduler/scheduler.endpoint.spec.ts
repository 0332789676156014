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
