import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TaskState, VmState } from '#libs/contracts';
import { activeServer, gone, memberContext, settled, startMemoryWorker, until } from '../testing/memory-worker.js';
import type { MemoryWorker } from '../testing/memory-worker.js';
import { LostStepRepair } from './lost-step-repair.js';

describe('the repair of lost steps', () => {
  let worker: MemoryWorker;
  const ctx = memberContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_QUOTA__INSTANCES: '-1' });
  });
  after(() => worker.stop());

  const started = async (): Promise<string> => (await activeServer(worker.conductor, ctx)).id;
  /** Sets a server's state as if the cast of this task had been lost. */
  const strand = (id: string, vm_state: VmState, task_state: TaskState) =>
    worker.shared.store.db.updateTable('instances').set({ vm_state, task_state }).where('id', '=', id).execute();
  const repair = (idleMs: number) =>
    new LostStepRepair(worker.shared.store, worker.shared.casts, worker.shared.instanceNotices).run(idleMs);

  it('sends the step of each task again', async () => {
    const id = await started();
    const cases: [VmState, TaskState, VmState][] = [
      ['building', 'spawning', 'active'],
      ['active', 'powering-off', 'stopped'],
      ['stopped', 'powering-on', 'active'],
      ['active', 'rebooting', 'active'],
      ['active', 'rebooting_hard', 'active'],
      ['building', 'scheduling', 'active'],
    ];
    for (const [vmState, task, end] of cases) {
      await strand(id, vmState, task);
      assert.deepEqual(await repair(0), [id], String(task));
      assert.equal((await settled(worker.conductor, ctx, id)).vm_state, end, String(task));
    }
    await strand(id, 'active', 'deleting');
    assert.deepEqual(await repair(0), [id]);
    await gone(worker.conductor, ctx, id);
  });

  it('leaves alone what has moved lately, and what rests', async () => {
    const id = await started();
    assert.deepEqual(await repair(0), []);
    await strand(id, 'active', 'powering-off');
    assert.deepEqual(await repair(600_000), []);
    assert.deepEqual(await repair(0), [id]);
    await until(
      () => repair(600_000),
      (ids) => ids.length === 0,
    );
    assert.equal((await settled(worker.conductor, ctx, id)).vm_state, 'stopped');
  });

  it('ends a task that only a newer version knows in ERROR, with a fault that says so', async () => {
    const id = await started();
    // A task that only a newer worker knows.
    await strand(id, 'active', 'teleporting' as TaskState);
    assert.deepEqual(await repair(600_000), []);
    await repair(0);
    const server = await settled(worker.conductor, ctx, id);
    assert.equal(server.vm_state, 'error');
    assert.match(server.fault?.message ?? '', /Task teleporting was begun by a newer version/);
  });
});
