import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server, ServerPage } from '#libs/contracts';
import type { ServerCreateArgs, ServerData } from '#libs/contracts';
import { adminContext, gone, memberContext, serverArgs, startMemoryWorker } from '../testing/memory-worker.js';
import type { MemoryWorker } from '../testing/memory-worker.js';

/** A host that keeps reporting and processes nothing: its casts stay queued. */
async function insertHost(worker: MemoryWorker, host: string): Promise<void> {
  const { db } = worker.shared.store;
  const at = '2099-01-01T00:00:00Z';
  const service = { id: host, binary: 'albireo-compute', host, disabled_reason: null, updated_at: at };
  await db.insertInto('services').values(service).execute();
  await db.insertInto('compute_nodes').values({ host, node: host, vcpus: 2, memory: 4096, disk: 50 }).execute();
}

describe('a server whose host fails', () => {
  let worker: MemoryWorker;
  const ctx = memberContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_FAKE__FAIL_SPAWN_PATTERN: '^bad', OS_SCHEDULER__MAX_ATTEMPTS: '2' });
    await insertHost(worker, 'other');
  });
  after(() => worker.stop());

  const create = async (changes: Partial<ServerCreateArgs>, as = ctx): Promise<ServerData> => {
    const page = ServerPage.unwrap(await worker.conductor.call(as, 'server_create', serverArgs(changes)));
    return page.objects[0]!;
  };
  const until = async (id: string, test: (server: ServerData) => boolean): Promise<ServerData> => {
    for (;;) {
      const server = Server.unwrap(await worker.conductor.call(ctx, 'server_get', { id }));
      if (test(server)) return server;
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
  };
  const row = (id: string) =>
    worker.shared.store.db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  it('goes to an alternate, and is deleted without it when that is dead', async () => {
    const { id } = await create({ name: 'bad' });
    const moved = await until(id, ({ host, vm_state: state }) => host === 'other' || state === 'error');
    assert.deepEqual([moved.host, moved.vm_state, moved.task_state], ['other', 'building', 'networking']);
    const { request_spec: spec } = await row(id);
    assert.deepEqual([spec.tried_hosts, spec.alternates], [['test-host'], []]);
    const { db } = worker.shared.store;
    const allocations = await db.selectFrom('allocations').selectAll().where('instance_id', '=', id).execute();
    assert.deepEqual(
      allocations.map(({ host }) => host),
      ['other'],
    );
    await db.updateTable('services').set({ forced_down: true }).where('host', '=', 'other').execute();
    await worker.conductor.call(ctx, 'server_delete', { id });
    await gone(worker.conductor, ctx, id);
    const left = await db.selectFrom('leftover_guests').selectAll().execute();
    assert.deepEqual(
      left.map(({ host, instance_id: instance }) => [host, instance]),
      [['other', id]],
    );
    await db.updateTable('services').set({ forced_down: false }).where('host', '=', 'other').execute();
  });

  it('is in ERROR with the fault of its driver where it may go nowhere else', async () => {
    const { id } = await create(
      { name: 'bad', availability_zone: 'nova:test-host' },
      adminContext(ctx.project_id ?? ''),
    );
    const server = await until(id, ({ vm_state: state }) => state === 'error');
    assert.match(server.fault?.details ?? '', /told to fail/);
    await assert.rejects(create({ availability_zone: 'nova:test-host' }), { name: 'PolicyNotAuthorized' });
  });

  it('makes its host the last choice, until a build on it has not failed', async () => {
    const failures = async (): Promise<number | undefined> => {
      const { db } = worker.shared.store;
      const node = db.selectFrom('compute_nodes').select('failed_builds').where('host', '=', 'test-host');
      return (await node.executeTakeFirst())?.failed_builds;
    };
    const as = adminContext(ctx.project_id ?? '');
    const bad = await create({ name: 'bad', availability_zone: 'nova:test-host' }, as);
    await until(bad.id, ({ vm_state: state }) => state === 'error');
    assert.ok(Number(await failures()) > 0);
    // The other host has less of everything.
    const { id: elsewhere } = await create({ name: 'good' });
    await until(elsewhere, ({ host }) => host === 'other');
    const { id } = await create({ name: 'good', availability_zone: 'nova:test-host' }, as);
    await until(id, ({ vm_state: state }) => state === 'active');
    assert.equal(await failures(), 0);
  });

  it('does not find a host in a zone that nobody is in', async () => {
    await assert.rejects(create({ availability_zone: 'nowhere' }), {
      message: 'The requested availability zone is not available',
    });
  });
});
