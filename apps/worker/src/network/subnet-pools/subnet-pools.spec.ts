import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { AddressScopeManager } from '../address-scopes/address-scope-manager.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { SubnetPoolManager } from './subnet-pool-manager.js';

const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });
const admin = createContext({ user_id: 'a', project_id: 'admin', roles: ['admin'], is_admin: true });

describe('subnet pools', () => {
  let store: Store;
  let all: NetworkManagers;
  let pools: SubnetPoolManager;
  let scopes: AddressScopeManager;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    pools = all.resources.get(SubnetPoolManager);
    scopes = all.resources.get(AddressScopeManager);
  });
  after(() => store.close());

  const poolOf = async (context: RequestContext, ...prefixes: string[]) => {
    const [pool] = await pools.create(context, [{ name: 'p', prefixes, default_prefixlen: 26 }]);
    assert.ok(pool !== undefined);
    return pool;
  };
  const networkOf = async (context: RequestContext) => {
    const [network] = await all.networks.create(context, [{}]);
    return network?.id ?? '';
  };
  const subnet = async (context: RequestContext, input: object) => {
    const [made] = await all.subnets.create(context, [{ ip_version: 4, ...input }]);
    assert.ok(made !== undefined);
    return made;
  };

  it('join their prefixes and fill in bounds', async () => {
    const pool = await poolOf(member('s1'), '192.168.1.0/24', '10.0.0.0/8', '192.168.0.0/24');
    assert.deepEqual(pool.prefixes, ['10.0.0.0/8', '192.168.0.0/23']);
    const { ip_version: version, min_prefixlen: min, max_prefixlen: max, default_prefixlen: standard } = pool;
    assert.deepEqual([version, min, max, standard, pool.default_quota], [4, 8, 32, 26, null]);
    const create = (input: object) => pools.create(member('s1'), [{ name: 'x', prefixes: ['10.0.0.0/8'], ...input }]);
    await assert.rejects(create({ prefixes: [] }), { code: 'EmptySubnetPoolPrefixList' });
    await assert.rejects(create({ prefixes: ['10.0.0.0/8', '2001:db8::/32'] }), { code: 'PrefixVersionMismatch' });
    const bounds = { min_prefixlen: 20, max_prefixlen: 19 };
    await assert.rejects(create(bounds), {
      code: 'IllegalSubnetPoolPrefixBounds',
      message: 'Illegal prefix bounds: min_prefixlen=20, max_prefixlen=19.',
    });
  });

  it('give subnets networks that are free, the smallest piece first', async () => {
    const context = member('s2');
    const pool = await poolOf(context, '10.0.0.0/24');
    const network_id = await networkOf(context);
    const asked = { network_id, subnetpool_id: pool.id };
    const whole = await subnet(context, { ...asked, cidr: '10.0.0.64/26' });
    const first = await subnet(context, asked);
    assert.deepEqual([whole.cidr, first.cidr, first.gateway_ip], ['10.0.0.64/26', '10.0.0.0/26', '10.0.0.1']);
    assert.equal(first.subnetpool_id, pool.id);
    assert.equal((await subnet(context, { ...asked, prefixlen: 25 })).cidr, '10.0.0.128/25');
    await assert.rejects(subnet(context, asked), {
      message: 'Failed to allocate subnet: Insufficient prefix space to allocate subnet size /26.',
    });
    await assert.rejects(subnet(context, { ...asked, cidr: '10.0.0.64/27' }), { code: 'SubnetAllocationError' });
    await assert.rejects(subnet(context, { ...asked, prefixlen: 7 }), { code: 'MinPrefixSubnetAllocationError' });
    await assert.rejects(subnet(context, { network_id, cidr: '11.0.0.0/24' }), {
      code: 'NetworkSubnetPoolAffinityError',
    });
    await assert.rejects(pools.delete(context, { id: pool.id }), { code: 'SubnetPoolDeleteError' });
  });

  it('keep to a quota of each project', async () => {
    const context = member('s3');
    const [pool] = await pools.create(context, [
      { name: 'q', prefixes: ['10.0.0.0/16'], default_quota: 128, default_prefixlen: 26 },
    ]);
    const asked = { network_id: await networkOf(context), subnetpool_id: pool?.id };
    await subnet(context, asked);
    await subnet(context, asked);
    await assert.rejects(subnet(context, asked), { code: 'SubnetPoolQuotaExceeded' });
  });

  it('have one default of each IP version', async () => {
    const input = { name: 'd', prefixes: ['172.16.0.0/16'], is_default: true, shared: true, default_prefixlen: 24 };
    await assert.rejects(pools.create(member('s4'), [input]), { code: 'PolicyNotAuthorized' });
    const context = member('s4');
    const asked = { network_id: await networkOf(context), use_default_subnetpool: true };
    await assert.rejects(subnet(context, asked), { message: /No default subnetpool found for IPv4/ });
    const [made] = await pools.create(admin, [input]);
    await assert.rejects(pools.create(admin, [input]), { code: 'InvalidInput' });
    const from = await subnet(context, asked);
    assert.deepEqual([from.cidr, from.subnetpool_id], ['172.16.0.0/24', made?.id]);
  });

  it('grow, and lose prefixes that no subnet has', async () => {
    const context = member('s5');
    const pool = await poolOf(context, '10.0.0.0/24');
    const act = (name: string, ...prefixes: string[]) => pools.act(context, name, { id: pool.id, body: { prefixes } });
    assert.deepEqual(await act('add_prefixes', '10.0.1.0/24'), { prefixes: ['10.0.0.0/23'] });
    await subnet(context, { network_id: await networkOf(context), subnetpool_id: pool.id });
    await assert.rejects(act('remove_prefixes', '10.0.0.0/24'), { code: 'IllegalSubnetPoolPrefixUpdate' });
    assert.deepEqual(await act('remove_prefixes', '10.0.1.0/24'), { prefixes: ['10.0.0.0/24'] });
    await assert.rejects(pools.update(context, { id: pool.id }, { prefixes: ['11.0.0.0/8'] }), {
      code: 'IllegalSubnetPoolPrefixUpdate',
    });
  });

  it('take in the subnets of a network', async () => {
    const context = member('s6');
    const pool = await poolOf(context, '10.0.0.0/24');
    const network_id = await networkOf(context);
    const there = await subnet(context, { network_id, cidr: '10.9.0.0/24' });
    await pools.act(context, 'onboard_network_subnets', { id: pool.id, body: { network_id } });
    assert.equal((await all.subnets.get(context, there.id)).subnetpool_id, pool.id);
    assert.deepEqual((await pools.get(context, pool.id)).prefixes, ['10.0.0.0/24', '10.9.0.0/24']);
  });

  it('lie in an address scope without overlap, and their networks with them', async () => {
    const context = member('s7');
    const [scope] = await scopes.create(context, [{ name: 'sc', ip_version: 4 }]);
    const scoped = { name: 'p', address_scope_id: scope?.id ?? '' };
    const [pool] = await pools.create(context, [{ ...scoped, prefixes: ['10.0.0.0/16'] }]);
    await assert.rejects(pools.create(context, [{ ...scoped, prefixes: ['10.0.128.0/24'] }]), {
      code: 'AddressScopePrefixConflict',
    });
    await assert.rejects(pools.create(context, [{ ...scoped, prefixes: ['2001:db8::/48'] }]), {
      code: 'IllegalSubnetPoolIpVersionAssociationToAddressScope',
    });
    await assert.rejects(scopes.delete(context, { id: scope?.id ?? '' }), { code: 'AddressScopeInUse' });
    const network_id = await networkOf(context);
    await subnet(context, { network_id, subnetpool_id: pool?.id, prefixlen: 24 });
    assert.equal((await all.networks.get(context, network_id)).ipv4_address_scope, scope?.id);
  });
});
