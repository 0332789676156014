import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { after, before, describe, it } from 'node:test';
import type { ExpectedErrorCode, ServerCreateArgs, ServerData } from '#libs/contracts';
import { ServerPage } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { stableImageId } from '../image/image-bootstrap.js';
import {
  adminContext,
  gone,
  memberContext,
  serverArgs,
  settled,
  startMemoryWorker,
  until,
} from '../testing/memory-worker.js';
import type { MemoryWorker } from '../testing/memory-worker.js';
import { insertNetwork, insertSubnet } from '../testing/network-rows.js';

describe('a server in a worker', () => {
  let worker: MemoryWorker;
  before(async () => {
    worker = await startMemoryWorker({ OS_FAKE__FAIL_SPAWN_PATTERN: '^broken', OS_FAKE__SPAWN_DELAY: '0.05' });
  });
  after(async () => {
    const { db } = worker.shared.store;
    const unfinished = async (): Promise<number> => {
      const sent = await db.selectFrom('outbox').select('unique_id').execute();
      const consumed = await db.selectFrom('consumed_messages').select('state').where('state', '<>', 'done').execute();
      return sent.length + consumed.length;
    };
    await until(unfinished, (count) => count === 0);
    await worker.stop();
  });

  async function create(ctx: RequestContext, changes: Partial<ServerCreateArgs> = {}): Promise<ServerData> {
    const page = ServerPage.unwrap(await worker.conductor.call(ctx, 'server_create', serverArgs(changes)));
    return page.objects[0]!;
  }
  const refused = (ctx: RequestContext, changes: Partial<ServerCreateArgs>, code: ExpectedErrorCode, text: RegExp) =>
    assert.rejects(create(ctx, changes), (error: Error) => error.name === code && text.test(error.message));

  async function networkWithSubnet(ctx: RequestContext): Promise<string> {
    const { db } = worker.shared.store;
    const id = await insertNetwork(db, { name: 'net', project_id: ctx.project_id ?? '' });
    await insertSubnet(db, id, '10.1.0.0/24');
    return id;
  }
  /** Everything that a server may leave behind. */
  async function traces(device: string): Promise<object> {
    const { db } = worker.shared.store;
    const ports = await db.selectFrom('ports').select(['id', 'status']).where('device_id', '=', device).execute();
    const allocations = await db.selectFrom('allocations').selectAll().where('instance_id', '=', device).execute();
    const machines = await db.selectFrom('fake_machines').selectAll().where('instance_id', '=', device).execute();
    return { ports: ports.map((port) => port.status), allocations: allocations.length, machines: machines.length };
  }
  const NOTHING = { ports: [], allocations: 0, machines: 0 };

  it('is answered in BUILD and becomes ACTIVE', async () => {
    const ctx = memberContext();
    const server = await create(ctx, { name: 'My vm', metadata: { a: 'b' } });
    assert.equal(server.vm_state, 'building');
    assert.equal(server.task_state, 'scheduling');
    assert.equal(server.hostname, 'my-vm');
    assert.match(server.instance_name, /^instance-[0-9a-f]{8}$/);
    const active = await settled(worker.conductor, ctx, server.id);
    assert.equal(active.vm_state, 'active');
    assert.equal(active.power_state, 1);
    assert.equal(active.host, 'test-host');
    assert.match(active.launched_at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it('gets a port with an address, and gives it back', async () => {
    const ctx = memberContext();
    const network = await networkWithSubnet(ctx);
    const server = await create(ctx, { network_mode: 'list', networks: [{ uuid: network }] });
    const active = await settled(worker.conductor, ctx, server.id);
    assert.equal(active.vm_state, 'active');
    assert.equal(active.addresses.length, 1);
    assert.equal(active.addresses[0]?.network_name, 'net');
    assert.deepEqual(await traces(server.id), { ports: ['ACTIVE'], allocations: 1, machines: 1 });
    await worker.conductor.call(ctx, 'server_delete', { id: server.id });
    await gone(worker.conductor, ctx, server.id);
    assert.deepEqual(await traces(server.id), NOTHING);
  });

  it('is stopped, started and rebooted; a wrong state is told', async () => {
    const ctx = memberContext();
    const { id } = await create(ctx);
    await settled(worker.conductor, ctx, id);
    const act = (action: 'start' | 'stop' | 'reboot', reboot_type?: 'SOFT' | 'HARD') =>
      worker.conductor.call(ctx, 'server_action', { id, action, ...(reboot_type ? { reboot_type } : {}) });
    await assert.rejects(act('start'), {
      name: 'InstanceInvalidState',
      message: `Cannot 'start' instance ${id} while it is in vm_state active`,
    });
    await act('stop');
    const stopped = await settled(worker.conductor, ctx, id);
    assert.equal(stopped.vm_state, 'stopped');
    assert.equal(stopped.power_state, 4);
    await act('start');
    assert.equal((await settled(worker.conductor, ctx, id)).vm_state, 'active');
    await act('reboot', 'SOFT');
    assert.equal((await settled(worker.conductor, ctx, id)).vm_state, 'active');
    await act('reboot', 'HARD');
    assert.equal((await settled(worker.conductor, ctx, id)).power_state, 1);
  });

  it('goes into ERROR with a fault when its driver fails, without its ports', async () => {
    const ctx = memberContext();
    const network = await networkWithSubnet(ctx);
    const { id } = await create(ctx, { name: 'broken', network_mode: 'list', networks: [{ uuid: network }] });
    const server = await settled(worker.conductor, ctx, id);
    assert.equal(server.vm_state, 'error');
    assert.equal(server.fault?.code, 500);
    assert.match(server.fault?.details ?? '', /told to fail/);
    assert.deepEqual(await traces(id), NOTHING);
    await worker.conductor.call(ctx, 'server_delete', { id });
    await gone(worker.conductor, ctx, id);
  });

  it('that no host has room for goes into ERROR', async () => {
    const ctx = adminContext();
    await worker.conductor.call(ctx, 'flavor_create', {
      id: 'huge',
      name: 'huge',
      vcpus: 1,
      ram: 1024,
      disk: 2_000_000,
      ephemeral: 0,
      swap: 0,
      rxtx_factor: 1,
      is_public: true,
    });
    const { id } = await create(ctx, { flavor_ref: 'huge' });
    const server = await settled(worker.conductor, ctx, id);
    assert.equal(server.vm_state, 'error');
    assert.equal(server.fault?.message, 'No valid host was found. There are not enough hosts available.');
  });

  it('can be deleted at any moment of its build', async () => {
    const ctx = memberContext();
    const network = await networkWithSubnet(ctx);
    for (const delayMs of [0, 5, 15, 30, 60, 90]) {
      const { id } = await create(ctx, { network_mode: 'list', networks: [{ uuid: network }] });
      await new Promise((resolve) => {
        setTimeout(resolve, delayMs);
      });
      await worker.conductor.call(ctx, 'server_delete', { id });
      await gone(worker.conductor, ctx, id);
      await until(
        () => traces(id),
        (left) => isDeepStrictEqual(left, NOTHING),
      );
    }
  });

  it('is made as one of several', async () => {
    const ctx = memberContext();
    const args = serverArgs({ name: 'many', min_count: 2, max_count: 3 });
    const page = ServerPage.unwrap(await worker.conductor.call(ctx, 'server_create', args));
    assert.deepEqual(
      page.objects.map((server) => server.name),
      ['many-1', 'many-2', 'many-3'],
    );
    assert.equal(new Set(page.objects.map((server) => server.reservation_id)).size, 1);
  });

  it('refuses what it is made of when that is not there', async () => {
    const ctx = memberContext();
    await refused(ctx, { flavor_ref: 'none' }, 'FlavorNotFound', /^Flavor none could not be found\.$/);
    await refused(ctx, { image_ref: 'none' }, 'ImageInvalid', /^Image none could not be found\.$/);
    await refused(ctx, { key_name: 'none' }, 'KeyNameInvalid', /^Invalid key_name provided\.$/);
    const networks = [{ uuid: '6f1a8a3c-0000-4000-8000-000000000000' }];
    await refused(ctx, { network_mode: 'list', networks }, 'NetworkInvalid', /could not be found/);
    await refused(ctx, { image_ref: stableImageId('ubuntu-24.04') }, 'FlavorInvalid', /disk is smaller/);
    await refused(ctx, { availability_zone: 'moon' }, 'InvalidInput', /availability zone/);
  });

  it('of an image on a flavor without disk is for administrators: its disk could be as large as any image', async () => {
    const admin = adminContext();
    await worker.conductor.call(admin, 'flavor_create', {
      name: 'no disk',
      id: 'no-disk',
      vcpus: 1,
      ram: 512,
      disk: 0,
      ephemeral: 0,
      swap: 0,
      rxtx_factor: 1,
      is_public: true,
    });
    const asked = { flavor_ref: 'no-disk', image_ref: stableImageId('cirros') };
    await refused(memberContext(), asked, 'PolicyNotAuthorized', /^Only volume-backed servers are/);
    const { id } = await create(admin, asked);
    assert.equal((await settled(worker.conductor, admin, id)).vm_state, 'active');
  });

  it('is refused beyond the quota, with what was asked and used', async () => {
    const ctx = memberContext();
    await create(ctx, { flavor_ref: '5', min_count: 2, max_count: 2 });
    await refused(
      ctx,
      { flavor_ref: '5' },
      'QuotaExceeded',
      /^Quota exceeded for cores: Requested 8, but already used 16 of 20 cores$/,
    );
    const limits = await worker.conductor.call(ctx, 'limits_get', null);
    assert.equal(limits['albireo_object.data'].used_cores, 16);
  });

  it('does not exist for another project', async () => {
    const ctx = memberContext();
    const { id } = await create(ctx);
    const stranger = memberContext();
    await assert.rejects(worker.conductor.call(stranger, 'server_get', { id }), { name: 'InstanceNotFound' });
    await assert.rejects(worker.conductor.call(stranger, 'server_delete', { id }), { name: 'InstanceNotFound' });
    const list = ServerPage.unwrap(await worker.conductor.call(stranger, 'server_list', {}));
    assert.deepEqual(list.objects, []);
    const reader = { ...ctx, roles: ['reader'] };
    await assert.rejects(worker.conductor.call(reader, 'server_delete', { id }), { name: 'PolicyNotAuthorized' });
  });

  it('is listed by name, state and page', async () => {
    const ctx = memberContext();
    for (const name of ['alpha', 'beta', 'gamma']) await create(ctx, { name });
    const list = async (args: object): Promise<string[]> =>
      ServerPage.unwrap(await worker.conductor.call(ctx, 'server_list', args)).objects.map((server) => server.name);
    assert.deepEqual(await list({}), ['gamma', 'beta', 'alpha']);
    assert.deepEqual(await list({ filters: { name: ['^AL|ta$'] }, sort_keys: ['name'], sort_dirs: ['desc'] }), [
      'beta',
      'alpha',
    ]);
    assert.deepEqual(await list({ filters: { vm_state: ['stopped'] } }), []);
    const first = ServerPage.unwrap(await worker.conductor.call(ctx, 'server_list', { limit: 2 }));
    assert.equal(first.next_marker, first.objects[1]?.id);
    assert.deepEqual(await list({ limit: 2, marker: first.next_marker }), ['alpha']);
    await assert.rejects(list({ marker: 'none' }), { name: 'MarkerNotFound' });
    await assert.rejects(list({ filters: { name: ['('] } }), { name: 'InvalidFilter' });
    await assert.rejects(list({ all_projects: true }), { name: 'PolicyNotAuthorized' });
  });

  it('is renamed', async () => {
    const ctx = memberContext();
    const { id } = await create(ctx);
    const renamed = await worker.conductor.call(ctx, 'server_update', { id, name: 'other', description: null });
    assert.equal(renamed['albireo_object.data'].name, 'other');
  });
});
