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
import { FloatingIpManager } from './floating-ip-manager.js';
import { PortForwardingManager } from './port-forwarding-manager.js';

const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin'], is_admin: true });
const member = createContext({ user_id: 'u', project_id: 'p1', roles: ['member', 'reader'] });
const other = createContext({ user_id: 'v', project_id: 'p2', roles: ['member', 'reader'] });

describe('port forwardings', () => {
  let store: Store;
  let all: NetworkManagers;
  let ips: FloatingIpManager;
  let forwardings: PortForwardingManager;
  let routers: RouterManager;
  let outside: string;
  let inside: { network: string; subnet: string; router: string };
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    ips = all.resources.get(FloatingIpManager);
    forwardings = all.resources.get(PortForwardingManager);
    routers = all.resources.get(RouterManager);
    const [external] = await all.networks.create(admin, [{ name: 'out', router_external: true }]);
    outside = external?.id ?? '';
    await all.subnets.create(admin, [{ network_id: outside, ip_version: 4, cidr: '203.0.113.0/24' }]);
    inside = await joined('10.1.0.0/24');
  });
  after(() => store.close());

  const joined = async (cidr: string) => {
    const [made] = await all.networks.create(member, [{ name: 'in' }]);
    const network = made?.id ?? '';
    const [subnet] = await all.subnets.create(member, [{ network_id: network, ip_version: 4, cidr }]);
    const [router] = await routers.create(member, [{ external_gateway_info: { network_id: outside } }]);
    const body = { subnet_id: subnet?.id ?? '' };
    await routers.act(member, 'add_router_interface', { id: router?.id ?? '', body });
    return { network, subnet: subnet?.id ?? '', router: router?.id ?? '' };
  };
  const portOn = async (network: string) => {
    const [port] = await all.ports.create(member, [{ network_id: network }]);
    return port?.id ?? '';
  };
  const floatingIp = async () => {
    const [made] = await ips.create(member, [{ floating_network_id: outside }]);
    return made?.id ?? '';
  };

  it('lead to a port, make the floating IP its router’s, and free it with the last', async () => {
    const id = await floatingIp();
    const port = await portOn(inside.network);
    const input = { floatingip_id: id, internal_port_id: port, protocol: 'tcp' };
    const [made] = await forwardings.create(member, [{ ...input, internal_port: 22, external_port: 2222 }]);
    assert.ok(made);
    assert.deepEqual([made.internal_port, made.external_port, made.external_port_range], [22, 2222, '2222:2222']);
    const shown = await ips.get(member, id);
    assert.deepEqual([shown.router_id, shown.status, shown.port_forwardings?.length], [inside.router, 'ACTIVE', 1]);
    assert.deepEqual(Reflect.get(shown.port_forwardings?.[0] ?? {}, 'external_port'), 2222);
    await assert.rejects(ips.update(member, { id }, { port_id: port }), { code: 'FipInUseByPortForwarding' });
    await assert.rejects(ips.delete(member, { id }), { code: 'FipInUseByPortForwarding' });
    assert.equal((await ips.update(member, { id }, { port_id: null })).router_id, inside.router);
    const body = { subnet_id: inside.subnet };
    await assert.rejects(routers.act(member, 'remove_router_interface', { id: inside.router, body }), {
      code: 'RouterInterfaceInUseByFloatingIP',
    });
    await forwardings.delete(member, { id: made.id, parent_id: id });
    assert.deepEqual([(await ips.get(member, id)).router_id, (await ips.get(member, id)).status], [null, 'DOWN']);
  });

  it('take ranges, which do not collide on either side', async () => {
    const id = await floatingIp();
    const port = await portOn(inside.network);
    const input = { floatingip_id: id, internal_port_id: port, protocol: 'udp' };
    const range = { internal_port_range: '80:90', external_port_range: '8080:8090' };
    const [made] = await forwardings.create(member, [{ ...input, ...range }]);
    assert.deepEqual([made?.internal_port, made?.external_port_range], [null, '8080:8090']);
    const create = (more: object): Promise<unknown> => forwardings.create(member, [{ ...input, ...more }]);
    await assert.rejects(create({ internal_port: 99, external_port: 8085 }), /collision with the external_port_range/);
    await assert.rejects(create({ internal_port: 85, external_port: 99 }), /collision with the internal_port_range/);
    await assert.rejects(create({ internal_port_range: '1:2', external_port_range: '5:9' }), /must be N-N or 1-N/);
    await assert.rejects(create({ internal_port: 5 }), /Both internal and external/);
    await create({ internal_port: 99, external_port_range: '100:109' });
    await create({ protocol: 'tcp', internal_port: 85, external_port: 8085 });
    const target = { id: made?.id ?? '', parent_id: id };
    await assert.rejects(forwardings.update(member, target, { external_port_range: '105:115' }), /collision/);
    const changed = await forwardings.update(member, target, { external_port: 7, internal_port: 8, description: 'd' });
    assert.deepEqual([changed.external_port, changed.internal_port_range, changed.description], [7, '8:8', 'd']);
    const found = await forwardings.list(member, { filters: { floatingip_id: [id], external_port: ['7'] } });
    assert.deepEqual(
      found.objects.map((one) => one.id),
      [made?.id],
    );
  });

  it('are refused for what cannot be reached, for a port with a floating IP, and for foreigners', async () => {
    const id = await floatingIp();
    const port = await portOn(inside.network);
    const ports = { protocol: 'tcp', internal_port: 22, external_port: 22 };
    const [lonely] = await all.networks.create(member, [{ name: 'lonely' }]);
    const input = { floatingip_id: id, ...ports };
    await assert.rejects(
      forwardings.create(member, [{ ...input, internal_port_id: await portOn(lonely?.id ?? '') }]),
      /must allocate an IPv4 address at least/,
    );
    await assert.rejects(
      forwardings.create(member, [{ ...input, internal_port_id: port, internal_ip_address: '10.1.0.250' }]),
      /is not suitable for internal neutron port/,
    );
    await forwardings.create(member, [{ ...input, internal_port_id: port }]);
    const elsewhere = await joined('10.2.0.0/24');
    const far = { ...input, internal_port_id: await portOn(elsewhere.network), external_port: 23 };
    await assert.rejects(forwardings.create(member, [far]), /had been set on router/);
    const [direct] = await ips.create(member, [
      { floating_network_id: outside, port_id: await portOn(inside.network) },
    ]);
    const bound = { ...input, internal_port_id: direct?.port_id ?? '', external_port: 24 };
    await assert.rejects(forwardings.create(member, [bound]), { code: 'PortHasBindingFloatingIP' });
    await assert.rejects(forwardings.create(member, [{ ...bound, floatingip_id: direct?.id ?? '' }]), {
      code: 'PortHasBindingFloatingIP',
    });
    await assert.rejects(forwardings.create(other, [{ ...input, internal_port_id: port }]), {
      code: 'FloatingIPNotFound',
    });
    assert.equal((await forwardings.list(other, {})).objects.length, 0);
  });

  it('go with their port, and with the address that they lead to', async () => {
    const id = await floatingIp();
    const [first, second] = [await portOn(inside.network), await portOn(inside.network)];
    const input = { floatingip_id: id, protocol: 'tcp', internal_port: 22 };
    await forwardings.create(member, [
      { ...input, internal_port_id: first, external_port: 1 },
      { ...input, internal_port_id: second, external_port: 2 },
    ]);
    const free = (await all.ports.get(member, first)).fixed_ips[0]?.ip_address ?? '';
    await all.ports.delete(member, { id: first });
    assert.equal((await ips.get(member, id)).port_forwardings?.length, 1);
    const moved = { fixed_ips: [{ subnet_id: inside.subnet, ip_address: free }] };
    await all.ports.update(member, { id: second }, moved);
    const shown = await ips.get(member, id);
    assert.deepEqual([shown.port_forwardings, shown.router_id], [[], null]);
  });
});
