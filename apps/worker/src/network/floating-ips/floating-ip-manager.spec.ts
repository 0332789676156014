import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FloatingIpInput, NetworkData, PortData, RouterData, SubnetData } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { networkInfoOf, deallocateForInstance } from '../instance-ports.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { RouterManager } from '../routers/router-manager.js';
import { FloatingIpManager } from './floating-ip-manager.js';

const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });
const admin = createContext({
  is_admin: true,
  user_id: 'a',
  project_id: 'adm',
  roles: ['admin', 'manager', 'member', 'reader'],
});

interface Site {
  readonly ctx: RequestContext;
  readonly subnet: SubnetData;
  readonly router: RouterData;
  readonly port: PortData;
}

describe('floating IPs', () => {
  let store: Store;
  let topic: NetworkManagers;
  let routers: RouterManager;
  let ips: FloatingIpManager;
  let external: NetworkData;
  before(async () => {
    store = await openMemoryStore();
    topic = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    routers = topic.resources.get(RouterManager);
    ips = topic.resources.get(FloatingIpManager);
    external = (await topic.networks.create(admin, [{ router_external: true }]))[0]!;
    await topic.subnets.create(admin, [{ network_id: external.id, cidr: '192.0.2.0/24', ip_version: 4 }]);
  });
  after(() => store.close());

  const site = async (project: string, cidr: string): Promise<Site> => {
    const ctx = member(project);
    const [network] = await topic.networks.create(ctx, [{}]);
    const [subnet] = await topic.subnets.create(ctx, [{ network_id: network!.id, cidr, ip_version: 4 }]);
    const [router] = await routers.create(ctx, [{ external_gateway_info: { network_id: external.id } }]);
    await routers.act(ctx, 'add_router_interface', { id: router!.id, body: { subnet_id: subnet!.id } });
    const [port] = await topic.ports.create(ctx, [{ network_id: network!.id }]);
    return { ctx, subnet: subnet!, router: router!, port: port! };
  };
  const make = async (ctx: RequestContext, input: FloatingIpInput = {}) =>
    (await ips.create(ctx, [{ floating_network_id: external.id, ...input }]))[0]!;
  const refused = (work: Promise<unknown>, code: string, message: string | RegExp = /./) =>
    assert.rejects(work, { code, message });

  it('take an address of an external network, and give it back', async () => {
    const ctx = member('f1');
    const ip = await make(ctx);
    assert.match(String(ip.floating_ip_address), /^192\.0\.2\./);
    assert.deepEqual(
      [ip.status, ip.port_id, ip.fixed_ip_address, ip.router_id, ip.port_details],
      ['DOWN', null, null, null, null],
    );
    const { objects } = await topic.ports.list(admin, { filters: { device_id: [ip.id] } });
    assert.deepEqual(
      objects.map((port) => [port.device_owner, port.project_id, port.status]),
      [['network:floatingip', '', 'N/A']],
    );
    await refused(topic.ports.delete(admin, { id: objects[0]!.id }), 'ServicePortInUse');
    await refused(make(ctx, { floating_ip_address: '192.0.2.200' }), 'PolicyNotAuthorized');
    assert.equal((await make(admin, { floating_ip_address: '192.0.2.200' })).floating_ip_address, '192.0.2.200');
    await refused(make(admin, { floating_ip_address: '192.0.2.200' }), 'IpAddressAlreadyAllocated');
    const [own] = await topic.networks.create(ctx, [{}]);
    await refused(
      make(ctx, { floating_network_id: own!.id }),
      'NetworkBadRequest',
      `Bad floatingip request: Network ${own!.id} is not a valid external network.`,
    );
    await ips.delete(ctx, { id: ip.id });
    await refused(ips.get(ctx, ip.id), 'FloatingIPNotFound', `Floating IP ${ip.id} could not be found`);
    assert.equal((await topic.ports.list(admin, { filters: { device_id: [ip.id] } })).objects.length, 0);
  });

  it('go with their network while they are not in use', async () => {
    const [other] = await topic.networks.create(admin, [{ router_external: true }]);
    await topic.subnets.create(admin, [{ network_id: other!.id, cidr: '198.51.100.0/24', ip_version: 4 }]);
    const ip = await make(admin, { floating_network_id: other!.id });
    await topic.networks.delete(admin, { id: other!.id });
    await refused(ips.get(admin, ip.id), 'FloatingIPNotFound');
  });

  it('lead to a port that a router joins to their network', async () => {
    const { ctx, subnet, router, port } = await site('f2', '10.2.0.0/24');
    const ip = await make(ctx, { port_id: port.id });
    const fixed = port.fixed_ips[0]!.ip_address;
    assert.deepEqual([ip.status, ip.port_id, ip.fixed_ip_address, ip.router_id], ['ACTIVE', port.id, fixed, router.id]);
    assert.equal(ip.port_details?.['mac_address'], port.mac_address);
    const second = await make(ctx);
    await refused(
      ips.update(ctx, { id: second.id }, { port_id: port.id }),
      'FloatingIPPortAlreadyAssociated',
      `Cannot associate floating IP ${String(second.floating_ip_address)} (${second.id}) with port ${port.id} using fixed IP ${fixed}, as that fixed IP already has a floating IP on external network ${external.id}.`,
    );
    const act = (name: string) => routers.act(ctx, name, { id: router.id, body: { subnet_id: subnet.id } });
    await refused(act('remove_router_interface'), 'RouterInterfaceInUseByFloatingIP');
    await refused(
      routers.update(ctx, { id: router.id }, { external_gateway_info: null }),
      'RouterExternalGatewayInUseByFloatingIp',
    );
    await refused(
      topic.ports.update(ctx, { id: port.id }, { fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.2.0.99' }] }),
      'NetworkBadRequest',
      /has been associated to a floating ip/,
    );
    assert.equal((await ips.update(ctx, { id: ip.id }, { description: 'x' })).port_id, port.id);
    assert.equal((await ips.update(ctx, { id: ip.id }, {})).port_id, null, 'an update of nothing parts them');
    assert.equal((await ips.update(ctx, { id: ip.id }, { port_id: port.id })).port_id, port.id);
    const apart = await ips.update(ctx, { id: ip.id }, { port_id: null });
    assert.deepEqual(
      [apart.status, apart.port_id, apart.fixed_ip_address, apart.router_id],
      ['DOWN', null, null, null],
    );
    assert.equal((await ips.update(ctx, { id: ip.id }, { port_id: port.id })).port_id, port.id);
    const emptied = await ips.update(ctx, { id: ip.id }, {});
    assert.deepEqual([emptied.status, emptied.port_id], ['DOWN', null]);
    await act('remove_router_interface');
    await refused(
      ips.update(ctx, { id: ip.id }, { port_id: port.id }),
      'ExternalGatewayForFloatingIPNotFound',
      `External network ${external.id} is not reachable from subnet ${subnet.id}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`,
    );
  });

  it('ask for the address where a port has several, and for a port where there is an address', async () => {
    const { ctx, subnet, port } = await site('f3', '10.3.0.0/24');
    const both = ['10.3.0.50', '10.3.0.51'].map((address) => ({ subnet_id: subnet.id, ip_address: address }));
    await topic.ports.update(ctx, { id: port.id }, { fixed_ips: both });
    await refused(make(ctx, { port_id: port.id }), 'NetworkBadRequest', /multiple fixed IPv4 addresses/);
    await refused(make(ctx, { fixed_ip_address: '10.3.0.50' }), 'NetworkBadRequest', /without a port_id/);
    await refused(make(ctx, { port_id: port.id, fixed_ip_address: '10.3.0.60' }), 'NetworkBadRequest', /does not have/);
    const first = await make(ctx, { port_id: port.id, fixed_ip_address: '10.3.0.50' });
    const second = await make(ctx, { port_id: port.id, fixed_ip_address: '10.3.0.51' });
    assert.deepEqual([first.fixed_ip_address, second.fixed_ip_address], ['10.3.0.50', '10.3.0.51']);
    const other = await site('f3x', '10.3.0.0/24');
    await refused(make(ctx, { port_id: other.port.id }), 'PortNotFound');
  });

  it('stay when their port goes, and are shown among the addresses of its server', async () => {
    const { ctx, port } = await site('f4', '10.4.0.0/24');
    const server = { id: 'vm4', project_id: 'f4' };
    await topic.ports.update(ctx, { id: port.id }, { device_id: server.id });
    const ip = await make(ctx, { port_id: port.id });
    const shown = (await networkInfoOf(store.db, [server])).addresses.get(server.id) ?? [];
    assert.deepEqual(
      shown.map(({ addr, fixed_addr: fixed }) => [addr, fixed]),
      [
        [port.fixed_ips[0]!.ip_address, undefined],
        [ip.floating_ip_address, port.fixed_ips[0]!.ip_address],
      ],
    );
    await topic.ports.delete(ctx, { id: port.id });
    const apart = await ips.get(ctx, ip.id);
    assert.deepEqual([apart.status, apart.port_id, apart.router_id, apart.revision_number], ['DOWN', null, null, 2]);
  });

  it('are parted from the ports that go with a server', async () => {
    const { ctx, port } = await site('f5', '10.5.0.0/24');
    const server = { id: 'vm5', project_id: 'f5' };
    await store.db
      .updateTable('ports')
      .set({ device_id: server.id, created_for_instance: server.id })
      .where('id', '=', port.id)
      .execute();
    const ip = await make(ctx, { port_id: port.id });
    assert.deepEqual(await store.transaction((tx) => deallocateForInstance(tx, server)), [port.id]);
    assert.equal((await ips.get(ctx, ip.id)).port_id, null);
  });

  it('of others are not there, and no user deletes a port that another project’s leads to', async () => {
    const { ctx, port } = await site('f6', '10.6.0.0/24');
    const ip = await make(admin, { port_id: port.id });
    await refused(ips.get(ctx, ip.id), 'FloatingIPNotFound');
    await refused(topic.ports.delete(ctx, { id: port.id }), 'FipAssociated');
    await topic.ports.delete(admin, { id: port.id });
    assert.equal((await ips.get(admin, ip.id)).port_id, null);
  });
});
