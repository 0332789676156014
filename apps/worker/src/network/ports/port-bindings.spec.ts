import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { bindAhead, rebindPorts, unbindAhead } from '../instance-ports.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { PortBindingManager } from './port-binding-manager.js';

const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin', 'member', 'reader'], is_admin: true });
const service = createContext({ user_id: 's', project_id: 'p9', roles: ['service'] });
const member = createContext({ user_id: 'u', project_id: 'p1', roles: ['member', 'reader'] });

describe('bindings of ports', () => {
  let store: Store;
  let all: NetworkManagers;
  let bindings: PortBindingManager;
  let network_id: string;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    bindings = all.resources.get(PortBindingManager);
    network_id = (await all.networks.create(member, [{}]))[0]?.id ?? '';
  });
  after(() => store.close());

  const newPort = async (input = {}): Promise<string> => {
    const port = { network_id, device_owner: 'compute:nova', device_id: 'i', project_id: 'p1', ...input };
    return (await all.ports.create(admin, [{ ...port, binding_host_id: 'h1' }]))[0]?.id ?? '';
  };
  const hostsOf = async (id: string): Promise<readonly string[]> => {
    const { objects } = await bindings.list(service, { filters: { port_id: [id] }, sort_keys: ['host'] });
    return objects.map(({ host, status }) => `${host} ${status}`);
  };

  it('are INACTIVE beside the one of the port, until one is activated', async () => {
    const id = await newPort();
    const [made] = await bindings.create(service, [{ port_id: id, host: 'h2', profile: { a: 1 } }]);
    assert.deepEqual(
      [made?.host, made?.status, made?.vif_type, made?.vnic_type, made?.profile, made?.vif_details],
      ['h2', 'INACTIVE', 'other', 'normal', { a: 1 }, {}],
    );
    assert.deepEqual(await hostsOf(id), ['h1 ACTIVE', 'h2 INACTIVE']);
    const target = { id: `${id}/h2`, parent_id: id };
    await bindings.act(service, 'activate', target);
    assert.deepEqual(await hostsOf(id), ['h1 INACTIVE', 'h2 ACTIVE']);
    const port = await all.ports.get(admin, id);
    assert.deepEqual([port.binding_host_id, port.binding_profile, port.status], ['h2', { a: 1 }, 'DOWN']);
    await assert.rejects(bindings.act(service, 'activate', target), { code: 'PortBindingAlreadyActive' });
    await bindings.delete(service, { id: `${id}/h1`, parent_id: id });
    assert.deepEqual(await hostsOf(id), ['h2 ACTIVE']);
    await bindings.delete(service, target);
    assert.equal((await all.ports.get(admin, id)).binding_vif_type, 'unbound');
  });

  it('are of one host each, of ports of servers, and for services', async () => {
    const id = await newPort();
    for (const host of ['h1', 'h2']) {
      if (host === 'h2') await bindings.create(service, [{ port_id: id, host }]);
      await assert.rejects(bindings.create(service, [{ port_id: id, host }]), { code: 'PortBindingAlreadyExists' });
    }
    await assert.rejects(bindings.create(admin, [{ port_id: id, host: 'h3' }]), { code: 'PolicyNotAuthorized' });
    await assert.rejects(bindings.get(member, `${id}/h1`, undefined, id), { code: 'PortBindingNotFound' });
    await assert.rejects(bindings.get(service, `${id}/h9`, undefined, id), { code: 'PortBindingNotFound' });
    const plain = await newPort({ device_owner: '', device_id: '' });
    await assert.rejects(bindings.create(service, [{ port_id: plain, host: 'h2' }]), { code: 'NetworkBadRequest' });
    const changed = await bindings.update(service, { id: `${id}/h2`, parent_id: id }, { vnic_type: 'direct' });
    assert.deepEqual([changed.vnic_type, changed.status], ['direct', 'INACTIVE']);
    // The port itself is bound there.
    await all.ports.update(admin, { id }, { binding_host_id: 'h2' });
    assert.deepEqual(await hostsOf(id), ['h2 ACTIVE']);
  });

  it('of a server that moves are made ahead, and end with the move', async () => {
    const server = { id: 'moving', project_id: 'p1' };
    const id = await newPort({ device_id: server.id });
    await store.db.updateTable('ports').set({ nic_index: 0 }).where('id', '=', id).execute();
    const run = (work: Parameters<Store['transaction']>[0]): Promise<unknown> => store.transaction(work);
    for (let again = 0; again < 2; again += 1) await run((tx) => bindAhead(tx, server, 'h2'));
    assert.deepEqual(await hostsOf(id), ['h1 ACTIVE', 'h2 INACTIVE']);
    await run((tx) => unbindAhead(tx, server.id));
    assert.deepEqual(await hostsOf(id), ['h1 ACTIVE']);
    await run((tx) => bindAhead(tx, server, 'h2'));
    await run((tx) => rebindPorts(tx, server, 'h2'));
    assert.deepEqual(await hostsOf(id), ['h2 ACTIVE']);
  });
});
