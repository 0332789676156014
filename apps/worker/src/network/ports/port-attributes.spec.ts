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
import { TrunkManager } from '../trunks/trunk-manager.js';
import { dnsAssignment } from './port-manager.js';

const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin', 'member', 'reader'], is_admin: true });
const member = createContext({ user_id: 'u', project_id: 'p1', roles: ['member', 'reader'] });
const other = createContext({ user_id: 'v', project_id: 'p2', roles: ['member', 'reader'] });

describe('further attributes of ports and subnets', () => {
  let store: Store;
  let all: NetworkManagers;
  let network_id: string;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    const [network] = await all.networks.create(member, [{ name: 'n', dns_domain: 'net.example.' }]);
    assert.equal(network?.dns_domain, 'net.example.');
    network_id = network?.id ?? '';
    await all.subnets.create(member, [{ network_id, ip_version: 4, cidr: '10.0.0.0/24' }]);
  });
  after(() => store.close());

  const portOf = async (input: object = {}, context = member) => {
    const [port] = await all.ports.create(context, [{ network_id, ...input }]);
    assert.ok(port);
    return port;
  };

  it('have names for their addresses', async () => {
    const port = await portOf({ dns_name: 'web', dns_domain: 'my.example.' });
    const address = port.fixed_ips[0]?.ip_address ?? '';
    const named = [{ ip_address: address, hostname: 'web', fqdn: 'web.openstacklocal.' }];
    assert.deepEqual([port.dns_domain, port.dns_assignment], ['my.example.', named]);
    const changed = await all.ports.update(member, { id: port.id }, { dns_name: '' });
    const [assigned] = changed.dns_assignment ?? [];
    assert.equal(assigned?.['hostname'], `host-${address.replaceAll('.', '-')}`);
    assert.deepEqual(dnsAssignment({ dns_name: 'a', fixed_ips: [{ subnet_id: 's', ip_address: '::1' }] }, ''), [
      { ip_address: '::1', hostname: 'a', fqdn: 'a' },
    ]);
  });

  it('are kept as they are given, some by administrators alone', async () => {
    const plain = await portOf();
    assert.deepEqual(
      [plain.ip_allocation, plain.propagate_uplink_status, plain.trusted, plain.hints, plain.data_plane_status],
      ['immediate', true, null, null, null],
    );
    assert.equal((await portOf({ fixed_ips: [] })).ip_allocation, 'none');
    const hints = { openvswitch: { other_config: { 'tx-steering': 'hash' } } };
    await assert.rejects(portOf({ hints }), { code: 'PolicyNotAuthorized' });
    await assert.rejects(portOf({ trusted: true }), { code: 'PolicyNotAuthorized' });
    const given = {
      hints,
      trusted: true,
      device_profile: 'd',
      numa_affinity_policy: 'socket',
      propagate_uplink_status: false,
    };
    const port = await portOf(given, admin);
    for (const [name, value] of Object.entries(given)) assert.deepEqual(Reflect.get(port, name), value, name);
    assert.deepEqual(port.binding_profile, { trusted: true });
    assert.deepEqual(plain.binding_profile, {});
    const down = { data_plane_status: 'DOWN' } as const;
    await assert.rejects(all.ports.update(member, { id: plain.id }, down), { code: 'PolicyNotAuthorized' });
    assert.equal((await all.ports.update(admin, { id: plain.id }, down)).data_plane_status, 'DOWN');
    assert.equal(await all.ports.update(member, { id: plain.id }, { hints: null, name: 'x' }).catch(() => null), null);
  });

  it("never declare a port as an interface of another project's router", async () => {
    const [router] = await all.resources.get(RouterManager).create(other, [{ name: 'theirs' }]);
    const device = { device_id: router?.id ?? '', device_owner: 'network:router_interface' };
    const refused = { code: 'DeviceIDNotOwnedByTenant' };
    await assert.rejects(portOf(device), refused);
    const port = await portOf({ device_owner: device.device_owner });
    const change = (input: object, as = member) => all.ports.update(as, { id: port.id }, input);
    await assert.rejects(change({ device_id: device.device_id }), refused);
    await assert.rejects(change({ ...device, device_owner: 'network:ha_router_replicated_interface' }), refused);
    const [own] = await all.resources.get(RouterManager).create(member, [{ name: 'ours' }]);
    assert.equal((await change({ device_id: own?.id ?? '' })).device_id, own?.id);
    assert.equal((await change({ device_id: device.device_id }, admin)).device_id, device.device_id);
    assert.equal((await change({ name: 'x' })).name, 'x');
  });

  it('tell of the trunk that a port carries', async () => {
    const [parent, ...children] = [await portOf(), await portOf(), await portOf(), await portOf()];
    // In the order in which they were added, not in the order of their ids.
    const sub_ports = children.map(({ id }, index) => ({
      port_id: id,
      segmentation_type: 'vlan' as const,
      segmentation_id: 7 + index,
    }));
    const [trunk] = await all.resources.get(TrunkManager).create(member, [{ port_id: parent.id, sub_ports }]);
    const shown = await all.ports.get(member, parent.id);
    const details = {
      trunk_id: trunk?.id,
      sub_ports: sub_ports.map((given, index) => ({ ...given, mac_address: children[index]?.mac_address })),
    };
    assert.deepEqual(shown.trunk_details, details);
    assert.equal((await all.ports.get(member, children[0]?.id ?? '')).trunk_details, null);
  });

  it('choose subnets by the owner of the device', async () => {
    const [made] = await all.networks.create(admin, [{ name: 'typed' }]);
    const typed = made?.id ?? '';
    const subnet = async (cidr: string, service_types: string[]) =>
      all.subnets.create(admin, [{ network_id: typed, ip_version: 4, cidr, service_types }]);
    await subnet('10.1.0.0/24', ['network:floatingip']);
    const create = async (device_owner: string) => {
      const [port] = await all.ports.create(admin, [{ network_id: typed, device_owner }]);
      return port?.fixed_ips[0]?.ip_address ?? '';
    };
    await assert.rejects(create(''), { code: 'IpAddressGenerationFailureNoMatchingSubnet' });
    await subnet('10.2.0.0/24', []);
    assert.match(await create('network:floatingip'), /^10\.1\./);
    assert.match(await create(''), /^10\.2\./);
  });

  it('let everybody see the subnets of external networks', async () => {
    const [made] = await all.networks.create(admin, [{ name: 'out', router_external: true }]);
    const input = { network_id: made?.id ?? '', ip_version: 4 as const, cidr: '198.18.0.0/24' };
    const [subnet] = await all.subnets.create(admin, [input]);
    assert.equal((await all.subnets.get(other, subnet?.id ?? '')).router_external, true);
    const found = await all.subnets.list(other, { filters: { router_external: ['true'] } });
    assert.equal(found.objects.length, 1);
  });
});
