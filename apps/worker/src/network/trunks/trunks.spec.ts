import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { TrunkManager } from './trunk-manager.js';

const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });

describe('trunks', () => {
  let store: Store;
  let all: NetworkManagers;
  let trunks: TrunkManager;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    trunks = all.resources.get(TrunkManager);
  });
  after(() => store.close());

  const portOf = async (context: RequestContext, input: object = {}) => {
    const [network] = await all.networks.create(context, [{}]);
    const [port] = await all.ports.create(context, [{ network_id: network?.id ?? '', ...input }]);
    return port?.id ?? '';
  };
  const vlan = (port_id: string, segmentation_id: number) => ({ port_id, segmentation_type: 'vlan', segmentation_id });

  it('carry ports under tags of their own', async () => {
    const context = member('t1');
    const [parent, first, second] = [await portOf(context), await portOf(context), await portOf(context)];
    const [trunk] = await trunks.create(context, [{ port_id: parent, sub_ports: [vlan(first, 5)] }]);
    const id = trunk?.id ?? '';
    assert.deepEqual([trunk?.status, trunk?.sub_ports], ['DOWN', [vlan(first, 5)]]);
    const act = (name: string, ...subports: object[]) =>
      trunks.act(context, name, { id, body: { sub_ports: subports } });
    await assert.rejects(act('add_subports', vlan(second, 5)), { code: 'DuplicateSubPort' });
    await assert.rejects(act('add_subports', vlan(first, 6)), { code: 'TrunkPortInUse' });
    await assert.rejects(act('add_subports', vlan(parent, 6)), { code: 'ParentPortInUse' });
    await assert.rejects(act('add_subports', { port_id: second }), /missing segmentation information/);
    assert.deepEqual(Reflect.get(await act('add_subports', vlan(second, 6)), 'sub_ports'), [
      vlan(first, 5),
      vlan(second, 6),
    ]);
    await act('remove_subports', { port_id: first });
    await assert.rejects(act('remove_subports', { port_id: first }), { code: 'SubPortNotFound' });
    assert.deepEqual(await trunks.act(context, 'get_subports', { id }), { sub_ports: [vlan(second, 6)] });
  });

  it('keep their ports until they go', async () => {
    const context = member('t2');
    const [parent, below] = [await portOf(context), await portOf(context)];
    const [trunk] = await trunks.create(context, [{ port_id: parent, sub_ports: [vlan(below, 5)] }]);
    await assert.rejects(all.ports.delete(context, { id: parent }), { code: 'PortInUseAsTrunkParent' });
    await assert.rejects(all.ports.delete(context, { id: below }), { code: 'PortInUseAsSubPort' });
    await assert.rejects(trunks.create(context, [{ port_id: parent }]), { code: 'ParentPortInUse' });
    await assert.rejects(trunks.create(context, [{ port_id: below }]), { code: 'TrunkPortInUse' });
    await trunks.update(context, { id: trunk?.id ?? '' }, { admin_state_up: false });
    const added = { id: trunk?.id ?? '', body: { sub_ports: [vlan(await portOf(context), 6)] } };
    await assert.rejects(trunks.act(context, 'add_subports', added), { code: 'TrunkDisabled' });
    await assert.rejects(trunks.delete(context, { id: trunk?.id ?? '' }), { code: 'TrunkDisabled' });
    await trunks.update(context, { id: trunk?.id ?? '' }, { admin_state_up: true });
    await trunks.delete(context, { id: trunk?.id ?? '' });
    await all.ports.delete(context, { id: parent });
    await all.ports.delete(context, { id: below });
  });

  it('are plugged with their subports', async () => {
    const context = member('t4');
    const [parent, below] = [await portOf(context), await portOf(context)];
    const [trunk] = await trunks.create(context, [{ port_id: parent, sub_ports: [vlan(below, 5)] }]);
    const id = trunk?.id ?? '';
    const statusOf = async (port: string) => (await all.ports.get(context, port)).status;
    const found = async () => (await all.ports.list(context, { filters: { status: ['ACTIVE'] } })).objects.length;
    await sql`update ports set status = 'ACTIVE' where id = ${parent}`.execute(store.db);
    assert.deepEqual([await statusOf(below), await found()], ['ACTIVE', 2]);
    await all.ports.update(context, { id: below }, { name: 'tagged' });
    await trunks.act(context, 'remove_subports', { id, body: { sub_ports: [{ port_id: below }] } });
    assert.deepEqual([await statusOf(below), await found()], ['DOWN', 1]);
  });

  it('take ports that are in no use, of the own project', async () => {
    const context = member('t3');
    const used = await portOf(context, { device_id: 'device' });
    const sub_ports = [vlan(used, 5)];
    await assert.rejects(trunks.create(context, [{ port_id: await portOf(context), sub_ports }]), {
      code: 'PortInUse',
    });
    const foreign = await portOf(member('x3'));
    await assert.rejects(trunks.create(context, [{ port_id: foreign }]), { code: 'PortNotFound' });
  });
});
