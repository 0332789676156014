import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { NetworkIpAvailabilityManager } from './network-ip-availability-manager.js';

const admin = createContext({ user_id: 'a', project_id: 'p', roles: ['admin'], is_admin: true });

describe('the addresses of networks', () => {
  let store: Store;
  let all: NetworkManagers;
  let availability: NetworkIpAvailabilityManager;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    availability = all.resources.get(NetworkIpAvailabilityManager);
  });
  after(() => store.close());

  it('are counted by subnet and network, for administrators', async () => {
    const [network] = await all.networks.create(admin, [{ name: 'net' }]);
    const network_id = network?.id ?? '';
    const subnet = { network_id, enable_dhcp: false };
    const [four] = await all.subnets.create(admin, [{ ...subnet, ip_version: 4, cidr: '10.0.0.0/24', name: 'four' }]);
    await all.subnets.create(admin, [{ ...subnet, ip_version: 6, cidr: '2001:db8::/120' }]);
    await all.ports.create(admin, [{ network_id, fixed_ips: [{ subnet_id: four?.id ?? '' }] }]);
    const found = await availability.get(admin, network_id);
    assert.deepEqual(
      [found.network_id, found.network_name, found.project_id, found.total_ips, found.used_ips],
      [network_id, 'net', 'p', 253 + 255, 1],
    );
    assert.deepEqual(found.subnet_ip_availability[0], {
      subnet_id: four?.id,
      subnet_name: 'four',
      ip_version: 4,
      cidr: '10.0.0.0/24',
      total_ips: 253,
      used_ips: 1,
      ip_availability_details: {
        total_ips_in_subnet: 254,
        total_ips_in_allocation_pool: 253,
        used_ips_in_subnet: 1,
        used_ips_in_allocation_pool: 1,
      },
    });
    assert.deepEqual(found.ip_availability_details, {
      total_ips_in_subnet: 254 + 256,
      total_ips_in_allocation_pool: 253 + 255,
      used_ips_in_subnet: 1,
      used_ips_in_allocation_pool: 1,
    });
    const listed = await availability.list(admin, { filters: { ip_version: ['6'], network_id: [network_id] } });
    assert.deepEqual(
      listed.objects.map(({ total_ips: total }) => total),
      [255],
    );
    const [large] = await all.networks.create(admin, [{}]);
    const wide = { ...subnet, network_id: large?.id ?? '', ip_version: 6 as const, gateway_ip: null };
    await all.subnets.create(admin, [{ ...wide, cidr: '2001:db8:1::/64' }]);
    assert.equal((await availability.get(admin, large?.id ?? '')).total_ips, 2n ** 64n - 1n);
    const member = createContext({ user_id: 'u', project_id: 'p', roles: ['member', 'reader'] });
    await assert.rejects(availability.get(member, network_id), { code: 'NetworkNotFound' });
  });

  it('of a port have options for DHCP, which an update changes one by one', async () => {
    const [network] = await all.networks.create(admin, [{}]);
    const option = (name: string, value: string | null) => ({ opt_name: name, opt_value: value });
    const [port] = await all.ports.create(admin, [
      { network_id: network?.id ?? '', extra_dhcp_opts: [option('tftp-server', '10.0.0.1'), option('router', '')] },
    ]);
    assert.deepEqual(port?.extra_dhcp_opts, [
      { opt_name: 'tftp-server', opt_value: '10.0.0.1', ip_version: 4 },
      { opt_name: 'router', opt_value: '', ip_version: 4 },
    ]);
    const changes = [
      option('tftp-server', null),
      option('mtu', '1400'),
      { ...option('mtu', '1300'), ip_version: 6 as const },
    ];
    const changed = await all.ports.update(admin, { id: port?.id ?? '' }, { extra_dhcp_opts: changes });
    assert.deepEqual(changed.extra_dhcp_opts, [
      { opt_name: 'router', opt_value: '', ip_version: 4 },
      { opt_name: 'mtu', opt_value: '1400', ip_version: 4 },
      { opt_name: 'mtu', opt_value: '1300', ip_version: 6 },
    ]);
  });
});
