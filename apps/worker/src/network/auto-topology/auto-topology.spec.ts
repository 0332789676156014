import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { RouterManager } from '../routers/router-manager.js';
import { SubnetPoolManager } from '../subnet-pools/subnet-pool-manager.js';

const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin', 'member', 'reader'], is_admin: true });
const member = createContext({ user_id: 'u', project_id: 'p1', roles: ['member', 'reader'] });
const other = createContext({ user_id: 'v', project_id: 'p2', roles: ['member', 'reader'] });

describe('auto-allocated topologies', () => {
  let store: Store;
  let all: NetworkManagers;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
  });
  after(() => store.close());

  it('need a default external network and default pools, and leave nothing where they have none', async () => {
    const failed = { code: 'AutoAllocationFailure' };
    await assert.rejects(all.topologies.check(member, 'p1'), failed);
    const outside = { name: 'out', router_external: true };
    const [network] = await all.networks.create(admin, [{ ...outside, is_default: true }]);
    const external = { network_id: network?.id ?? '', ip_version: 4 as const, cidr: '10.99.0.0/24' };
    await all.subnets.create(admin, [external]);
    await assert.rejects(all.topologies.check(member, 'p1'), failed);
    await assert.rejects(all.topologies.get(member, 'p1'), failed);
    assert.deepEqual((await all.networks.list(member, { filters: { project_id: ['p1'] } })).objects, []);
    const exists = { code: 'DefaultExternalNetworkExists' };
    await assert.rejects(all.networks.create(admin, [{ ...outside, is_default: true }]), exists);
    const [second] = await all.networks.create(admin, [outside]);
    await assert.rejects(all.networks.update(admin, { id: second?.id ?? '' }, { is_default: true }), exists);
    const pool = { name: 'pool', prefixes: ['10.50.0.0/16'], default_prefixlen: 26, is_default: true, shared: true };
    await all.resources.get(SubnetPoolManager).create(admin, [pool]);
    await all.topologies.check(member, 'p1');
  });

  it('are made once, with a router between', async () => {
    const id = await all.topologies.get(member, 'p1');
    assert.equal(await all.topologies.get(member, 'p1'), id);
    const network = await all.networks.get(member, id);
    assert.deepEqual([network.name, network.admin_state_up], ['auto_allocated_network', true]);
    const [subnet] = (await all.subnets.list(member, { filters: { network_id: [id] } })).objects;
    assert.deepEqual([subnet?.name, subnet?.cidr], ['auto_allocated_subnet_v4', '10.50.0.0/26']);
    const [router] = (await all.resources.get(RouterManager).list(member, {})).objects;
    assert.equal(router?.name, 'auto_allocated_router');
    await assert.rejects(all.topologies.get(other, 'p1'), { code: 'PolicyNotAuthorized' });
    await assert.rejects(all.topologies.delete(other, 'p1'), { code: 'PolicyNotAuthorized' });
  });

  it('go whole, or stay whole while somebody uses them', async () => {
    const network_id = await all.topologies.get(member, 'p1');
    const [port] = await all.ports.create(member, [{ network_id }]);
    await assert.rejects(all.topologies.delete(member, 'p1'), { code: 'NetworkInUse' });
    assert.equal((await all.resources.get(RouterManager).list(member, {})).objects.length, 1);
    await all.ports.delete(member, { id: port?.id ?? '' });
    await all.topologies.delete(member, 'p1');
    await all.topologies.delete(member, 'p1');
    assert.equal((await all.resources.get(RouterManager).list(member, {})).objects.length, 0);
    await assert.rejects(all.networks.get(member, network_id), { code: 'NetworkNotFound' });
  });
});
