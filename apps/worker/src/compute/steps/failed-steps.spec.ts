import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import type { ServerActionName, ServerData } from '#libs/contracts';
import { FakeDriver } from '../../drivers/fake/fake-driver.js';
import { actOn, activeServer, memberContext, settled, startMemoryWorker } from '../../testing/memory-worker.js';
import type { MemoryWorker } from '../../testing/memory-worker.js';

describe('a step that the driver fails', () => {
  let worker: MemoryWorker;
  const ctx = memberContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_QUOTA__INSTANCES: '-1', OS_FAKE__REBOOT_DELAY: '0' });
  });
  after(() => worker.stop());

  const started = async (): Promise<string> => (await activeServer(worker.conductor, ctx)).id;
  async function done(id: string, action: ServerActionName, body?: object): Promise<ServerData> {
    await actOn(worker.conductor, ctx, id, { action, body });
    return settled(worker.conductor, ctx, id);
  }
  /** The server after an action in which a method of the driver fails. */
  async function failed(
    id: string,
    method: 'spawn' | 'destroy' | 'powerOff' | 'reboot' | 'change',
    action: ServerActionName,
    body?: object,
  ): Promise<ServerData> {
    const broken = mock.method(FakeDriver.prototype, method, () => Promise.reject(new Error('no such disk')));
    try {
      return await done(id, action, body);
    } finally {
      broken.mock.restore();
    }
  }
  const held = (id: string) =>
    worker.shared.store.db.selectFrom('allocations').select('host').where('instance_id', '=', id).execute();

  it('leaves a server that is shelved or unshelved in its state, without allocations where it did not come to', async () => {
    const id = await started();
    assert.equal((await failed(id, 'powerOff', 'shelve')).vm_state, 'active');
    // The image is made; only the removal from the host fails.
    const kept = await failed(id, 'destroy', 'shelve');
    assert.deepEqual([kept.vm_state, kept.host !== null], ['shelved', true]);
    const active = await done(id, 'unshelve');
    assert.equal(active.vm_state, 'active');
    assert.equal((await done(id, 'shelve')).vm_state, 'shelved_offloaded');
    const refused = await failed(id, 'spawn', 'unshelve');
    assert.deepEqual([refused.vm_state, refused.host], ['shelved_offloaded', null]);
    assert.deepEqual(await held(id), []);
    assert.equal((await done(id, 'unshelve')).vm_state, 'active');
    assert.equal((await held(id)).length, 1);
  });

  it('is no error of a reboot while the guest runs, and one of a suspend', async () => {
    const id = await started();
    for (const type of ['SOFT', 'HARD']) {
      assert.equal((await failed(id, 'reboot', 'reboot', { type })).vm_state, 'active', type);
    }
    assert.equal((await done(id, 'stop')).vm_state, 'stopped');
    assert.equal((await failed(id, 'reboot', 'reboot', { type: 'HARD' })).vm_state, 'error');
    assert.equal((await done(id, 'reboot', { type: 'HARD' })).vm_state, 'active');
    assert.equal((await failed(id, 'change', 'pause')).vm_state, 'active');
    assert.equal((await failed(id, 'change', 'suspend')).vm_state, 'error');
  });
});
