import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import { MigrationPage, ServerActionResult } from '#libs/contracts';
import type { ServerActionName, ServerCreateArgs, ServerData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { FakeDriver } from '../../drivers/fake/fake-driver.js';
import type { DriverOperation } from '../../drivers/virt-driver.js';
import { stableImageId } from '../../image/image-bootstrap.js';
import {
  actOn,
  activeServer,
  adminContext,
  gone,
  memberContext,
  settled,
  startMemoryWorker,
} from '../../testing/memory-worker.js';
import type { MemoryWorker } from '../../testing/memory-worker.js';
import { requireCounted } from '../../testing/instance-rows.js';
import { insertNetwork, insertSubnet } from '../../testing/network-rows.js';

const HOST = 'test-host';
const OTHER = 'test-host-2';

describe('moves of a server', () => {
  let worker: MemoryWorker;
  let network = '';
  const ctx = memberContext();
  const admin = adminContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_FAKE__HOSTS: '2', OS_QUOTA__CORES: '8', OS_QUOTA__INSTANCES: '-1' });
    network = await insertNetwork(worker.shared.store.db, { name: 'net', project_id: ctx.project_id ?? '' });
    await insertSubnet(worker.shared.store.db, network, '10.1.0.0/24');
  });
  after(() => worker.stop());

  const started = (changes: Partial<ServerCreateArgs> = {}): Promise<ServerData> =>
    activeServer(worker.conductor, ctx, { network_mode: 'list', networks: [{ uuid: network }], ...changes });
  const act = (id: string, action: ServerActionName, body?: object, as: RequestContext = ctx, microversion = 96) =>
    actOn(worker.conductor, as, id, { action, body, microversion });
  const done = async (
    id: string,
    action: ServerActionName,
    body?: object,
    as: RequestContext = ctx,
    microversion?: number,
  ): Promise<ServerData> => {
    await act(id, action, body, as, microversion);
    return settled(worker.conductor, ctx, id);
  };
  async function remove(id: string): Promise<void> {
    await act(id, 'force_delete', undefined, admin);
    await gone(worker.conductor, ctx, id);
    assert.deepEqual(await worker.shared.store.db.selectFrom('allocations').selectAll().execute(), []);
    assert.deepEqual(await worker.shared.store.db.selectFrom('ports').select('id').execute(), []);
    await requireCounted(worker.shared.store.db);
  }
  async function traces(id: string) {
    const { db } = worker.shared.store;
    await requireCounted(db);
    const port = await db
      .selectFrom('ports')
      .select(['binding_host_id', 'status'])
      .where('device_id', '=', id)
      .execute();
    const machine = await db.selectFrom('fake_machines').select(['host']).where('instance_id', '=', id).execute();
    const held = await db
      .selectFrom('allocations')
      .select(['host', 'consumer_type', 'vcpus'])
      .orderBy('host')
      .execute();
    return {
      ports: port.map(({ binding_host_id: host, status }) => `${host} ${status}`),
      machines: machine.map(({ host }) => host),
      held: held.map(({ host, consumer_type: type, vcpus }) => `${host} ${type} ${vcpus}`),
    };
  }
  const migration = (id: string) =>
    worker.shared.store.db
      .selectFrom('migrations')
      .select(['status', 'migration_type', 'source_compute', 'dest_compute'])
      .where('instance_id', '=', id)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();

  it('a resize holds both hosts until it is confirmed', async () => {
    const { id } = await started();
    const resized = await done(id, 'resize', { flavorRef: '3' });
    assert.deepEqual([resized.vm_state, resized.host, resized.flavor.id], ['resized', OTHER, '3']);
    assert.deepEqual(await traces(id), {
      ports: [`${OTHER} ACTIVE`],
      machines: [OTHER],
      held: [`${HOST} migration 1`, `${OTHER} instance 2`],
    });
    await assert.rejects(act(id, 'pause'), { name: 'InstanceInvalidState' });
    const confirmed = await done(id, 'confirm_resize');
    assert.deepEqual([confirmed.vm_state, confirmed.host, confirmed.flavor.id], ['active', OTHER, '3']);
    assert.deepEqual((await traces(id)).held, [`${OTHER} instance 2`]);
    assert.equal((await migration(id)).status, 'confirmed');
    await remove(id);
  });

  it('a resize of a stopped server that is reverted leaves all as it was', async () => {
    const { id } = await started();
    await done(id, 'stop');
    const resized = await done(id, 'resize', { flavorRef: '2' });
    assert.deepEqual([resized.vm_state, resized.power_state], ['resized', 4]);
    const reverted = await done(id, 'revert_resize');
    assert.deepEqual(
      [reverted.vm_state, reverted.power_state, reverted.host, reverted.flavor.id],
      ['stopped', 4, HOST, '1'],
    );
    assert.deepEqual(await traces(id), {
      ports: [`${HOST} ACTIVE`],
      machines: [HOST],
      held: [`${HOST} instance 1`],
    });
    assert.equal((await migration(id)).status, 'reverted');
    await remove(id);
  });

  it('are listed for managers of the project, without hosts, and of all projects for administrators', async () => {
    const { id } = await started();
    await done(id, 'resize', { flavorRef: '2' });
    const list = async (as: RequestContext, filters: Record<string, string[]>) =>
      MigrationPage.unwrap(await worker.conductor.call(as, 'migration_list', { filters })).objects;
    const [found, ...others] = await list(admin, { instance_uuid: [id] });
    assert.deepEqual(others, []);
    assert.deepEqual(
      [found?.status, found?.source_compute, found?.dest_compute, found?.old_flavor_id, found?.new_flavor_id],
      ['finished', HOST, OTHER, '1', '2'],
    );
    const manager = { ...ctx, roles: ['manager', 'member', 'reader'] };
    const own = await list(manager, { project_id: [ctx.project_id ?? ''], status: ['finished'] });
    assert.deepEqual([own.length, own[0]?.source_compute, own[0]?.dest_compute], [1, null, null]);
    await assert.rejects(list(manager, {}), { name: 'PolicyNotAuthorized' });
    await assert.rejects(list(ctx, { project_id: [ctx.project_id ?? ''] }), { name: 'PolicyNotAuthorized' });
    await remove(id);
  });

  it('a server that waits to be confirmed takes both hosts’ room with it when it is deleted', async () => {
    const { id } = await started();
    await done(id, 'resize', { flavorRef: '2' });
    await remove(id);
    assert.equal((await migration(id)).status, 'confirmed');
  });

  it('a resize is refused for what is no other flavor, and beyond the quota', async () => {
    const { id } = await started();
    const refused = (flavorRef: string, name: string, message: RegExp) =>
      assert.rejects(
        act(id, 'resize', { flavorRef }),
        (error: Error) => error.name === name && message.test(error.message),
      );
    await refused('1', 'FlavorInvalid', /^When resizing, instances must change flavor!$/);
    await refused('nosuch', 'FlavorInvalid', /^Flavor nosuch could not be found\.$/);
    await done(id, 'resize', { flavorRef: '4' });
    await done(id, 'confirm_resize');
    const other = await started();
    await assert.rejects(act(other.id, 'resize', { flavorRef: '5' }), {
      name: 'QuotaExceeded',
      message: 'Quota exceeded for cores: Requested 7, but already used 5 of 8 cores',
    });
    await assert.rejects(act(id, 'confirm_resize'), { name: 'InstanceInvalidState' });
    await act(other.id, 'force_delete');
    await gone(worker.conductor, ctx, other.id);
    await remove(id);
  });

  it('a resize that no host has room for leaves the server as it is, with a fault and a failed action', async () => {
    const { id } = await started();
    await worker.conductor.call(admin, 'flavor_create', {
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
    const same = await done(id, 'resize', { flavorRef: 'huge' });
    assert.deepEqual([same.vm_state, same.flavor.id, same.host], ['active', '1', HOST]);
    assert.deepEqual((await traces(id)).held, [`${HOST} instance 1`]);
    const { db } = worker.shared.store;
    const fault = await db.selectFrom('instance_faults').select('message').where('instance_id', '=', id).execute();
    assert.deepEqual(fault, [{ message: 'No valid host was found. No valid host found for resize' }]);
    const actions = await db
      .selectFrom('instance_actions')
      .select(['action', 'message'])
      .orderBy('id', 'desc')
      .execute();
    assert.deepEqual(actions[0], { action: 'resize', message: 'Error' });
    await remove(id);
  });

  it('a cold migration is a manager’s, and to a host that was named an administrator’s', async () => {
    const { id } = await started();
    await assert.rejects(act(id, 'migrate'), { name: 'PolicyNotAuthorized' });
    await assert.rejects(act(id, 'migrate', { host: HOST }, admin), { message: /where the server exists/ });
    await assert.rejects(act(id, 'migrate', { host: 'nosuch' }, admin), {
      message: 'Compute host nosuch could not be found.',
    });
    const moved = await done(id, 'migrate', { host: OTHER }, admin);
    assert.deepEqual([moved.vm_state, moved.host, moved.flavor.id], ['resized', OTHER, '1']);
    assert.equal((await done(id, 'confirm_resize')).vm_state, 'active');
    await remove(id);
  });

  it('a live migration goes on while the server runs', async () => {
    const { id } = await started();
    await done(id, 'pause');
    const body = { block_migration: 'auto', host: null };
    const moved = await done(id, 'migrate_live', body, admin);
    assert.deepEqual([moved.vm_state, moved.power_state, moved.host], ['paused', 3, OTHER]);
    assert.deepEqual(await traces(id), {
      ports: [`${OTHER} ACTIVE`],
      machines: [OTHER],
      held: [`${OTHER} instance 1`],
    });
    const self = { block_migration: false, disk_over_commit: false, host: OTHER };
    await assert.rejects(act(id, 'migrate_live', self, admin, 24), {
      message: /^Unable to migrate instance .* to current host/,
    });
    assert.equal((await done(id, 'migrate_live', self, admin, 34)).host, OTHER);
    assert.equal((await migration(id)).status, 'error');
    await remove(id);
  });

  it('a live migration that takes its time can be aborted, or made to complete', async () => {
    const { store } = worker.shared;
    let begun: (() => void) | undefined;
    const untilBroken = (_guest: unknown, _host: unknown, { signal }: DriverOperation): Promise<void> => {
      begun?.();
      return new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('broken off')), { once: true });
      });
    };
    const copy = mock.method(FakeDriver.prototype, 'copyLive', untilBroken);
    const copying = async (id: string): Promise<string> => {
      const started = new Promise<void>((resolve) => (begun = resolve));
      await act(id, 'migrate_live', { block_migration: 'auto', host: null }, admin);
      await started;
      const { db } = store;
      const newest = db.selectFrom('migrations').select('id').where('instance_id', '=', id).orderBy('id', 'desc');
      return String((await newest.executeTakeFirstOrThrow()).id);
    };
    const { id } = await started();
    const first = await copying(id);
    await assert.rejects(act(id, 'abort_live_migration', { migration_id: '999999' }, admin), {
      message: `Migration 999999 not found for instance ${id}`,
    });
    const stayed = await done(id, 'abort_live_migration', { migration_id: first }, admin);
    assert.deepEqual([stayed.vm_state, stayed.task_state, stayed.host], ['active', null, HOST]);
    assert.equal((await migration(id)).status, 'cancelled');
    assert.deepEqual((await traces(id)).held, [`${HOST} instance 1`]);
    await assert.rejects(act(id, 'abort_live_migration', { migration_id: first }, admin), {
      message: `Cannot 'abort live migration' instance ${id} while it is in task_state None`,
    });
    const second = await copying(id);
    const moved = await done(id, 'force_complete_live_migration', { migration_id: second }, admin);
    assert.deepEqual([moved.vm_state, moved.host], ['active', OTHER]);
    assert.equal((await migration(id)).status, 'completed');
    assert.deepEqual(await traces(id), {
      ports: [`${OTHER} ACTIVE`],
      machines: [OTHER],
      held: [`${OTHER} instance 1`],
    });
    await assert.rejects(act(id, 'force_complete_live_migration', { migration_id: second }, admin), {
      message: /state of instance .* is completed\. Cannot force complete while the migration is in this state\.$/,
    });
    copy.mock.restore();
    await remove(id);
  });

  it('an evacuation takes a server off a host that is down, and no other', async () => {
    const { id } = await started();
    await assert.rejects(act(id, 'evacuate', {}, admin), { message: `Compute service of ${HOST} is still in use.` });
    const { db } = worker.shared.store;
    await db.updateTable('services').set({ updated_at: '2020-01-01T00:00:00Z' }).where('host', '=', HOST).execute();
    await assert.rejects(act(id, 'resize', { flavorRef: '2' }), { message: 'Service is unavailable at this time.' });
    const moved = await done(id, 'evacuate', {}, admin, 94);
    assert.deepEqual([moved.vm_state, moved.host, moved.power_state], ['active', OTHER, 1]);
    assert.deepEqual((await traces(id)).held, [`${OTHER} instance 1`]);
    assert.deepEqual(await migration(id), {
      status: 'done',
      migration_type: 'evacuation',
      source_compute: HOST,
      dest_compute: OTHER,
    });
    await db.updateTable('services').set({ updated_at: new Date().toISOString() }).where('host', '=', HOST).execute();
    await remove(id);
  });

  it('a shelved server is off its host, and comes back to one', async () => {
    const { id } = await started();
    const shelved = await done(id, 'shelve');
    assert.deepEqual([shelved.vm_state, shelved.host], ['shelved_offloaded', null]);
    assert.deepEqual(await traces(id), { ports: [' DOWN'], machines: [], held: [] });
    for (const action of ['start', 'stop', 'trigger_crash_dump'] as const) {
      await assert.rejects(act(id, action), { name: 'Conflict', message: `Instance ${id} is not ready` });
    }
    await assert.rejects(act(id, 'pause'), { name: 'InstanceInvalidState' });
    await assert.rejects(act(id, 'unshelve', { host: OTHER }), { name: 'PolicyNotAuthorized' });
    await assert.rejects(act(id, 'unshelve', { availability_zone: 'nosuch' }), { name: 'InvalidInput' });
    const { db } = worker.shared.store;
    const image = () =>
      db.selectFrom('images').select(['name', 'status', 'size']).where('name', 'like', 'vm-%').execute();
    assert.deepEqual(await image(), [{ name: 'vm-shelved', status: 'active', size: 512 }]);
    const back = await done(id, 'unshelve', { host: OTHER }, admin);
    assert.deepEqual(await image(), []);
    assert.deepEqual([back.vm_state, back.host, back.power_state], ['active', OTHER, 1]);
    assert.deepEqual(await traces(id), {
      ports: [`${OTHER} ACTIVE`],
      machines: [OTHER],
      held: [`${OTHER} instance 1`],
    });
    await done(id, 'shelve');
    await remove(id);
  });

  it('images of a server have data, and backups are rotated', async () => {
    const { id } = await started();
    const { db } = worker.shared.store;
    const images = async () => {
      const rows = await db
        .selectFrom('images')
        .select(['id', 'name', 'status', 'size', 'visibility', 'properties'])
        .where('owner', '=', ctx.project_id)
        .orderBy('created_at')
        .execute();
      return rows.map(({ name, status, size, visibility, properties }) => [
        name,
        status,
        size,
        visibility,
        properties['instance_uuid'] === id,
        properties['image_type'],
        properties['a'],
      ]);
    };
    await act(id, 'lock');
    const answer = await act(id, 'create_image', { name: 'snap', metadata: { a: 'b' } });
    assert.match(String(ServerActionResult.unwrap(answer).image_id), /^[0-9a-f-]{36}$/);
    assert.equal((await settled(worker.conductor, ctx, id)).vm_state, 'active');
    assert.deepEqual(await images(), [['snap', 'active', 512, 'private', true, 'snapshot', 'b']]);
    await act(id, 'unlock');
    for (const name of ['one', 'two', 'three']) {
      await done(id, 'create_backup', { name, backup_type: 'daily', rotation: 2 });
    }
    assert.deepEqual(
      (await images()).map(([name]) => name),
      ['snap', 'two', 'three'],
    );
    await done(id, 'create_backup', { name: 'none', backup_type: 'daily', rotation: 0 });
    assert.deepEqual(
      (await images()).map(([name]) => name),
      ['snap'],
    );
    await remove(id);
  });

  it('its ports get a security group, and lose it', async () => {
    const { id } = await started();
    const groups = async () => (await settled(worker.conductor, ctx, id)).security_groups;
    assert.deepEqual(await groups(), ['default']);
    await assert.rejects(act(id, 'add_security_group', { name: 'nosuch' }), { name: 'SecurityGroupNotFound' });
    await act(id, 'remove_security_group', { name: 'default' });
    assert.deepEqual(await groups(), []);
    await assert.rejects(act(id, 'remove_security_group', { name: 'default' }), { name: 'SecurityGroupNotFound' });
    await act(id, 'add_security_group', { name: 'default' });
    await act(id, 'add_security_group', { name: 'default' });
    assert.deepEqual(await groups(), ['default']);
    await remove(id);
  });

  it('rescue and rebuild', async () => {
    const image = stableImageId('cirros');
    const { id } = await started();
    const nowhere = '11111111-2222-4333-8444-555555555555';
    await assert.rejects(act(id, 'rescue', { rescue_image_ref: nowhere }), { name: 'ImageInvalid' });
    assert.equal((await done(id, 'rescue')).vm_state, 'rescued');
    assert.equal((await done(id, 'unrescue')).vm_state, 'active');
    await assert.rejects(act(id, 'rebuild', { imageRef: nowhere }), { message: 'Cannot find image for rebuild' });
    await done(id, 'stop');
    const body = { imageRef: image, name: 'anew', metadata: { a: 'b' }, description: 'd', key_name: null };
    const rebuilt = await done(id, 'rebuild', body);
    assert.deepEqual(
      [rebuilt.vm_state, rebuilt.power_state, rebuilt.image_ref, rebuilt.name, rebuilt.metadata],
      ['stopped', 4, image, 'anew', { a: 'b' }],
    );
    assert.deepEqual((await traces(id)).ports, [`${rebuilt.host} ACTIVE`]);
    await remove(id);
  });
});
