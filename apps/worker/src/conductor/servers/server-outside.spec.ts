import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ServerActionResult, ServerEvents, ServerPage, ServerPassword } from '#libs/contracts';
import { adminContext, memberContext, serverArgs, settled, startMemoryWorker } from '../../testing/memory-worker.js';
import type { MemoryWorker } from '../../testing/memory-worker.js';
import { insertNetwork, insertSubnet } from '../../testing/network-rows.js';

const NOBODY = '11111111-2222-4333-8444-555555555555';

describe('what comes to servers from outside', () => {
  let worker: MemoryWorker;
  let id = '';
  const ctx = memberContext();
  before(async () => {
    worker = await startMemoryWorker();
    const page = ServerPage.unwrap(await worker.conductor.call(ctx, 'server_create', serverArgs()));
    ({ id } = await settled(worker.conductor, ctx, page.objects[0]!.id));
  });
  after(() => worker.stop());
  const shown = async (clear = false): Promise<string> =>
    ServerPassword.unwrap(await worker.conductor.call(ctx, 'server_password', { id, clear })).password;
  const leave = (password: string) =>
    worker.conductor.call(adminContext(), 'instance_password_set', { instance_id: id, password });

  it('a guest leaves its password once, until a user forgets it', async () => {
    assert.equal(await shown(), '');
    await leave('one');
    assert.equal(await shown(), 'one');
    await assert.rejects(leave('two'), { code: 'Conflict' });
    assert.equal(await shown(true), '');
    await leave('three');
    assert.equal(await shown(), 'three');
    const stranger = memberContext('other');
    await assert.rejects(worker.conductor.call(stranger, 'server_password', { id, clear: false }), {
      code: 'InstanceNotFound',
    });
  });

  it('events are for services and administrators', async () => {
    const events = [
      { server_uuid: id, name: 'network-changed' },
      { server_uuid: id, name: 'volume-extended' },
      { server_uuid: NOBODY, name: 'network-changed' },
    ];
    const told = await worker.conductor.call(adminContext(), 'server_events', { events });
    assert.deepEqual(ServerEvents.unwrap(told).codes, [200, 400, 404]);
    await assert.rejects(worker.conductor.call(ctx, 'server_events', { events }), { code: 'PolicyNotAuthorized' });
  });

  it('a power update brings the server to what it says, where it is not so already', async () => {
    const tell = async (tag: string) => {
      const events = [{ server_uuid: id, name: 'power-update', tag }];
      await worker.conductor.call(adminContext(), 'server_events', { events });
      return (await settled(worker.conductor, ctx, id)).vm_state;
    };
    const states = [];
    for (const tag of ['POWER_ON', 'POWER_OFF', 'POWER_OFF', 'SIDEWAYS', 'POWER_ON']) states.push(await tell(tag));
    assert.deepEqual(states, ['active', 'stopped', 'stopped', 'stopped', 'active']);
  });

  it('a port that is deleted is detached', async () => {
    const { db } = worker.shared.store;
    const network = await insertNetwork(db, { name: 'events', project_id: ctx.project_id ?? '' });
    await insertSubnet(db, network, '10.12.0.0/24');
    const args = { id, action: 'attach_interface', microversion: 60, body: { net_id: network } } as const;
    const { port_id: port = '' } = ServerActionResult.unwrap(await worker.conductor.call(ctx, 'server_act', args));
    const left = async () => (await db.selectFrom('ports').select('id').where('device_id', '=', id).execute()).length;
    assert.equal(await left(), 1);
    for (const tag of [port, NOBODY]) {
      const events = [{ server_uuid: id, name: 'network-vif-deleted', tag }];
      const told = await worker.conductor.call(adminContext(), 'server_events', { events });
      assert.deepEqual(ServerEvents.unwrap(told).codes, [200]);
      assert.equal(await left(), 0);
    }
  });
});
