import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, before, describe, it, mock } from 'node:test';
import type { ServerActionName, ServerData } from '#libs/contracts';
import { FakeDriver } from '../../drivers/fake/fake-driver.js';
import {
  actOn,
  activeServer,
  adminContext,
  gone,
  memberContext,
  settled,
  startMemoryWorker,
  until,
} from '../../testing/memory-worker.js';
import type { MemoryWorker } from '../../testing/memory-worker.js';
import { requireCounted } from '../../testing/instance-rows.js';

const HOST = 'test-host';
const OTHER = 'test-host-2';

describe('a deferred delete that comes over another action', () => {
  let worker: MemoryWorker;
  const ctx = memberContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_FAKE__HOSTS: '2', OS_DEFAULT__RECLAIM_INSTANCE_INTERVAL: '3600' });
  });
  after(() => worker.stop());

  async function started(): Promise<string> {
    const server = await activeServer(worker.conductor, ctx);
    assert.equal(server.host, HOST);
    return server.id;
  }
  const act = (id: string, action: ServerActionName, body?: object, as = ctx) =>
    actOn(worker.conductor, as, id, { action, body });
  const softDelete = (id: string) => worker.conductor.call(ctx, 'server_delete', { id });
  const rest = (id: string): Promise<ServerData> => settled(worker.conductor, ctx, id);

  /** Holds the next operation of this name; returns what waits for it, and what lets it go on. */
  function hold(name: 'moveOut' | 'moveIn' | 'cleanUp' | 'destroy' | 'spawn' | 'powerOn') {
    const steps = new EventEmitter();
    const reached = once(steps, 'reached');
    const released = once(steps, 'release');
    const whole = FakeDriver.prototype[name] as (...args: unknown[]) => Promise<void>;
    const held = mock.method(FakeDriver.prototype, name, async function (this: FakeDriver, ...args: unknown[]) {
      held.mock.restore();
      steps.emit('reached');
      await released;
      return whole.apply(this, args);
    });
    return { reached, release: () => steps.emit('release') };
  }

  /** What the server is counted with, holds and runs as must be of this flavor, on this host. */
  async function requireWhole(server: ServerData, host: string, flavor: '1' | '2'): Promise<void> {
    const { db } = worker.shared.store;
    const { id } = server;
    const ram = { 1: 512, 2: 2048 }[flavor];
    assert.deepEqual([server.host, server.flavor.id], [host, flavor]);
    const row = await db
      .selectFrom('instances')
      .select(['flavor_id', 'vcpus', 'ram', 'old_flavor', 'task_arguments'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    assert.deepEqual(row, { flavor_id: flavor, vcpus: 1, ram, old_flavor: null, task_arguments: null });
    const held = await db.selectFrom('allocations').select(['instance_id', 'host', 'memory']).execute();
    assert.deepEqual(held, [{ instance_id: id, host, memory: ram }]);
    const machines = await db.selectFrom('fake_machines').select(['instance_id', 'host']).execute();
    assert.deepEqual(machines, [{ instance_id: id, host }]);
    await requireCounted(db);
  }

  async function requireDeleted(id: string, host: string, flavor: '1' | '2'): Promise<void> {
    const deleted = await rest(id);
    assert.equal(deleted.vm_state, 'soft-delete');
    await requireWhole(deleted, host, flavor);
    await act(id, 'restore');
    const restored = await rest(id);
    assert.deepEqual([restored.vm_state, restored.power_state], ['active', 1]);
    await requireWhole(restored, host, flavor);
    await act(id, 'force_delete', undefined, adminContext());
    await gone(worker.conductor, ctx, id);
    await requireNothing();
  }

  async function requireNothing(): Promise<void> {
    for (const table of ['allocations', 'ports', 'fake_machines'] as const) {
      assert.deepEqual(await worker.shared.store.db.selectFrom(table).selectAll().execute(), []);
    }
  }

  it('a resize that waits is confirmed, with what the other flavor left', async () => {
    const id = await started();
    await act(id, 'resize', { flavorRef: '2' });
    assert.equal((await rest(id)).vm_state, 'resized');
    const cleaned = mock.method(FakeDriver.prototype, 'cleanUp');
    await softDelete(id);
    await requireDeleted(id, OTHER, '2');
    assert.equal(cleaned.mock.callCount(), 1);
    cleaned.mock.restore();
  });

  it('a revert is over on the side that it had reached: the delete does not wait for a step that never comes', async () => {
    for (const [operation, host, flavor] of [
      ['moveOut', OTHER, '2'],
      ['cleanUp', OTHER, '2'],
      ['moveIn', HOST, '1'],
    ] as const) {
      const id = await started();
      await act(id, 'resize', { flavorRef: '2' });
      assert.equal((await rest(id)).vm_state, 'resized');
      const held = hold(operation);
      await act(id, 'revert_resize');
      await held.reached;
      await softDelete(id);
      held.release();
      await requireDeleted(id, host, flavor);
    }
  });

  it('a resize under way leaves the flavor whose resources the server holds', async () => {
    for (const [operation, host, flavor] of [
      ['moveOut', HOST, '1'],
      ['moveIn', OTHER, '2'],
    ] as const) {
      const id = await started();
      const held = hold(operation);
      await act(id, 'resize', { flavorRef: '2' });
      await held.reached;
      await softDelete(id);
      held.release();
      await requireDeleted(id, host, flavor);
    }
  });

  it('a server that leaves its host, or is not there yet, is deleted at once and leaves no guest', async () => {
    const id = await started();
    const offload = hold('destroy');
    await act(id, 'shelve');
    await offload.reached;
    await softDelete(id);
    offload.release();
    await gone(worker.conductor, ctx, id);
    await requireNothing();

    const other = await started();
    await act(other, 'shelve');
    assert.equal((await rest(other)).vm_state, 'shelved_offloaded');
    const unshelve = hold('spawn');
    await act(other, 'unshelve');
    await unshelve.reached;
    await softDelete(other);
    await gone(worker.conductor, ctx, other);
    const destroyed = hold('destroy');
    unshelve.release();
    await destroyed.reached;
    destroyed.release();
    const { db } = worker.shared.store;
    const machines = () => db.selectFrom('fake_machines').select('instance_id').execute();
    await until(machines, ({ length }) => length === 0);
    await requireNothing();
  });

  it('a server that is being restored is kept, not deleted at once', async () => {
    const id = await started();
    await softDelete(id);
    assert.equal((await rest(id)).vm_state, 'soft-delete');
    const held = hold('powerOn');
    await act(id, 'restore');
    await held.reached;
    await softDelete(id);
    held.release();
    await requireDeleted(id, HOST, '1');
  });

  it('a resized server that could not be stopped is confirmed all the same', async () => {
    const id = await started();
    await act(id, 'resize', { flavorRef: '2' });
    assert.equal((await rest(id)).vm_state, 'resized');
    const stop = mock.method(FakeDriver.prototype, 'moveOut', () => Promise.reject(new Error('no')));
    await softDelete(id);
    const kept = await rest(id);
    stop.mock.restore();
    assert.deepEqual([kept.vm_state, kept.flavor.id], ['active', '2']);
    await softDelete(id);
    await requireDeleted(id, OTHER, '2');
  });
});
