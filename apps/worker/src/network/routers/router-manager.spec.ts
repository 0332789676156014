import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { NetworkData, SubnetData, SubnetInput } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { QosPolicyManager } from '../qos/qos-policy-manager.js';
import { RouterManager } from './router-manager.js';

const member = (project: string): RequestContext =>
  createContext({ user_id: 'u', project_id: project, roles: ['member', 'reader'] });
const admin = createContext({ user_id: 'a', project_id: 'adm', roles: ['admin', 'manager', 'member', 'reader'] });

describe('routers', () => {
  let store: Store;
  let topic: NetworkManagers;
  let routers: RouterManager;
  let external: NetworkData;
  let externalSubnet: SubnetData;
  before(async () => {
    store = await openMemoryStore();
    topic = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    routers = topic.resources.get(RouterManager);
    external = (await topic.networks.create(admin, [{ router_external: true }]))[0]!;
    externalSubnet = await subnet(admin, external.id, '192.0.2.0/24');
  });
  after(() => store.close());

  const subnet = async (ctx: RequestContext, network: string, cidr: string, more: SubnetInput = {}) =>
    (
      await topic.subnets.create(ctx, [{ network_id: network, cidr, ip_version: cidr.includes(':') ? 6 : 4, ...more }])
    )[0]!;
  const network = async (ctx: RequestContext) => (await topic.networks.create(ctx, [{}]))[0]!;
  const inner = async (ctx: RequestContext, cidr: string, more: SubnetInput = {}) =>
    subnet(ctx, (await network(ctx)).id, cidr, more);
  const make = async (ctx: RequestContext, gateway = false) =>
    (await routers.create(ctx, [gateway ? { external_gateway_info: { network_id: external.id } } : {}]))[0]!;
  const act = (ctx: RequestContext, name: string, id: string, body: object) =>
    routers.act(ctx, `${name}_router_interface`, { id, body: { ...body } });
  const refused = (work: Promise<unknown>, code: string, message: string | RegExp = /./) =>
    assert.rejects(work, { code, message });
  const portOf = (answer: object): string => String(Reflect.get(answer, 'port_id'));

  it('have a gateway with an address of the external network, which no project owns', async () => {
    const ctx = member('r1');
    const router = await make(ctx, true);
    const [address] = router.external_gateway_info?.external_fixed_ips ?? [];
    assert.equal(address?.subnet_id, externalSubnet.id);
    assert.match(address.ip_address, /^192\.0\.2\./);
    assert.deepEqual([router.status, router.external_gateway_info?.enable_snat, router.routes], ['ACTIVE', true, []]);
    const { objects } = await topic.ports.list(admin, { filters: { device_id: [router.id] } });
    assert.deepEqual(
      objects.map((port) => [port.device_owner, port.project_id, port.status]),
      [['network:router_gateway', '', 'ACTIVE']],
    );
    await refused(
      topic.ports.delete(admin, { id: objects[0]!.id }),
      'ServicePortInUse',
      `Port ${objects[0]!.id} cannot be deleted directly via the port API: has device owner network:router_gateway.`,
    );
    await refused(
      topic.networks.update(admin, { id: external.id }, { router_external: false }),
      'ExternalNetworkInUse',
    );
    const cleared = await routers.update(ctx, { id: router.id }, { external_gateway_info: null });
    assert.equal(cleared.external_gateway_info, null);
    assert.equal((await topic.ports.list(admin, { filters: { device_id: [router.id] } })).objects.length, 0);
    await routers.delete(ctx, { id: router.id });
  });

  it('take what users may not choose from administrators only', async () => {
    const ctx = member('r2');
    const addresses = [{ subnet_id: externalSubnet.id, ip_address: '192.0.2.77' }];
    for (const more of [{ enable_snat: false }, { external_fixed_ips: addresses }]) {
      const info = { network_id: external.id, ...more };
      await refused(routers.create(ctx, [{ external_gateway_info: info }]), 'PolicyNotAuthorized');
    }
    await refused(routers.create(ctx, [{ distributed: true }]), 'PolicyNotAuthorized');
    const info = { network_id: external.id, enable_snat: false, external_fixed_ips: addresses };
    const [made] = await routers.create(admin, [{ external_gateway_info: info, distributed: true }]);
    assert.deepEqual([made?.external_gateway_info, made?.distributed, made?.ha], [info, true, false]);
    await refused(routers.update(admin, { id: made!.id }, { distributed: false }), 'NetworkBadRequest');
    const snat = await routers.update(admin, { id: made!.id }, { external_gateway_info: { network_id: external.id } });
    assert.deepEqual(snat.external_gateway_info, { ...info, enable_snat: true });
    const more = [...addresses, { subnet_id: externalSubnet.id }];
    const same = { external_gateway_info: { network_id: external.id, external_fixed_ips: more } };
    const kept = await routers.update(admin, { id: made!.id }, same);
    assert.deepEqual(kept.external_gateway_info?.external_fixed_ips, addresses);
    const gateway = { network_id: external.id, external_fixed_ips: [{ ip_address: '192.0.2.1' }] };
    await refused(
      routers.update(admin, { id: made!.id }, { external_gateway_info: gateway }),
      'NetworkBadRequest',
      'Bad router request: External IP 192.0.2.1 is the same as the gateway IP.',
    );
    const own = await network(ctx);
    await refused(
      routers.create(ctx, [{ external_gateway_info: { network_id: own.id } }]),
      'NetworkBadRequest',
      `Bad router request: Network ${own.id} is not an external network.`,
    );
  });

  it('tell a policy of the gateway where it has one, or its network', async () => {
    const [policy] = await topic.resources.get(QosPolicyManager).create(admin, [{ name: 'q' }]);
    const told = async (networkId: string, id?: string): Promise<unknown> => {
      const gateway = { network_id: networkId, ...(id !== undefined && { qos_policy_id: id }) };
      const [made] = await routers.create(admin, [{ external_gateway_info: gateway }]);
      assert.ok(!('qos_policy_id' in (made?.external_gateways?.[0] ?? {})));
      return Reflect.get(made?.external_gateway_info ?? {}, 'qos_policy_id');
    };
    assert.equal(await told(external.id), undefined);
    assert.equal(await told(external.id, policy!.id), policy!.id);
    const [bound] = await topic.networks.create(admin, [{ router_external: true, qos_policy_id: policy!.id }]);
    await subnet(admin, bound!.id, '198.51.100.0/24');
    assert.equal(await told(bound!.id), null);
  });

  it('are joined to a subnet by a port with its gateway address', async () => {
    const ctx = member('r3');
    const router = await make(ctx);
    const first = await inner(ctx, '10.3.0.0/24');
    const added = await act(ctx, 'add', router.id, { subnet_id: first.id });
    const port = await topic.ports.get(ctx, portOf(added));
    assert.deepEqual(added, {
      id: router.id,
      project_id: 'r3',
      tenant_id: 'r3',
      port_id: port.id,
      network_id: first.network_id,
      subnet_id: first.id,
      subnet_ids: [first.id],
      tags: [],
    });
    assert.deepEqual(
      [port.device_owner, port.device_id, port.status, port.fixed_ips],
      ['network:router_interface', router.id, 'ACTIVE', [{ subnet_id: first.id, ip_address: '10.3.0.1' }]],
    );
    const twice = `Bad router request: Router already has a port on subnet ${first.id}.`;
    await refused(act(ctx, 'add', router.id, { subnet_id: first.id }), 'NetworkBadRequest', twice);
    const wider = await inner(ctx, '10.3.0.0/16');
    await refused(act(ctx, 'add', router.id, { subnet_id: wider.id }), 'NetworkBadRequest', /overlaps/);
    await refused(
      routers.delete(ctx, { id: router.id }),
      'RouterInUse',
      `Router ${router.id} has ports still attached: ${port.id}`,
    );
    await refused(topic.subnets.delete(ctx, { id: first.id }), 'SubnetInUse');
    await refused(topic.networks.delete(ctx, { id: first.network_id }), 'NetworkInUse');
    await refused(topic.ports.delete(ctx, { id: port.id }), 'ServicePortInUse');
    await refused(topic.subnets.update(ctx, { id: first.id }, { gateway_ip: '10.3.0.2' }), 'GatewayIpInUse');
    await refused(topic.subnets.update(ctx, { id: first.id }, { gateway_ip: null }), 'GatewayIpInUse');
    await act(ctx, 'remove', router.id, { subnet_id: first.id });
    await refused(topic.ports.get(ctx, port.id), 'PortNotFound');
    await refused(
      act(ctx, 'remove', router.id, { subnet_id: first.id }),
      'RouterInterfaceNotFoundForSubnet',
      `Router ${router.id} has no interface on subnet ${first.id}`,
    );
    await routers.delete(ctx, { id: router.id });
  });

  it('are joined by a port that is there, once', async () => {
    const ctx = member('r4');
    const router = await make(ctx);
    const first = await inner(ctx, '10.4.0.0/24');
    const [port] = await topic.ports.create(ctx, [{ network_id: first.network_id }]);
    const added = await act(ctx, 'add', router.id, { port_id: port!.id });
    assert.deepEqual([portOf(added), Reflect.get(added, 'subnet_ids')], [port!.id, [first.id]]);
    await refused(
      act(ctx, 'add', router.id, { port_id: port!.id }),
      'PortInUse',
      `Unable to complete operation on port ${port!.id} for network ${first.network_id}. Port already has an attached device ${router.id}.`,
    );
    const other = await inner(ctx, '10.44.0.0/24');
    await refused(act(ctx, 'remove', router.id, { port_id: port!.id, subnet_id: other.id }), 'SubnetMismatchForPort');
    const moved = await topic.ports.update(ctx, { id: port!.id }, { fixed_ips: [{ subnet_id: first.id }] });
    assert.equal(moved.fixed_ips.length, 1);
    await act(ctx, 'remove', router.id, { port_id: port!.id });
    await refused(
      act(ctx, 'remove', router.id, { port_id: port!.id }),
      'RouterInterfaceNotFound',
      `Router ${router.id} does not have an interface with id ${port!.id}`,
    );
  });

  it('refuse interfaces that name nothing, both or what is not there', async () => {
    const ctx = member('r5');
    const router = await make(ctx);
    const id = external.id;
    const bad = (text: string) => `Bad router request: ${text}.`;
    await refused(
      act(ctx, 'add', router.id, {}),
      'NetworkBadRequest',
      bad('Either subnet_id or port_id must be specified'),
    );
    await refused(act(ctx, 'add', router.id, { subnet_id: 'x' }), 'NetworkBadRequest', bad("'x' is not a valid UUID"));
    await refused(
      act(ctx, 'add', router.id, { subnet_id: id, port_id: id }),
      'NetworkBadRequest',
      bad('Cannot specify both subnet-id and port-id'),
    );
    await refused(act(ctx, 'add', router.id, { subnet_id: id }), 'SubnetNotFound');
    await refused(act(ctx, 'add', router.id, { port_id: id }), 'PortNotFound');
    const foreign = await inner(member('r5x'), '10.5.0.0/24');
    await refused(act(ctx, 'add', router.id, { subnet_id: foreign.id }), 'SubnetNotFound');
    const closed = await inner(ctx, '10.55.0.0/24', { gateway_ip: null });
    await refused(act(ctx, 'add', router.id, { subnet_id: closed.id }), 'NetworkBadRequest', /must have a gateway IP/);
    await refused(routers.get(member('r5x'), router.id), 'RouterNotFound', `Router ${router.id} could not be found`);
  });

  it('have one port for all IPv6 subnets of a network, with the gateway of one whose hosts number themselves', async () => {
    const ctx = member('r6');
    const router = await make(ctx);
    const { id } = await network(ctx);
    const slaac = { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
    const first = await subnet(ctx, id, '2001:db8:6::/64', slaac);
    const second = await subnet(ctx, id, '2001:db8:66::/64', slaac);
    const one = await act(ctx, 'add', router.id, { subnet_id: first.id });
    const two = await act(ctx, 'add', router.id, { subnet_id: second.id });
    assert.equal(portOf(one), portOf(two));
    const addresses = (await topic.ports.get(ctx, portOf(one))).fixed_ips.map((fixedIp) => fixedIp.ip_address);
    assert.deepEqual(addresses, ['2001:db8:66::', '2001:db8:6::']);
    await refused(topic.subnets.delete(ctx, { id: first.id }), 'SubnetInUse');
    await act(ctx, 'remove', router.id, { subnet_id: first.id });
    assert.equal((await topic.ports.get(ctx, portOf(one))).fixed_ips.length, 1);
    await topic.subnets.delete(ctx, { id: first.id });
  });

  it('have extra routes to neighbours only', async () => {
    const ctx = member('r7');
    const router = await make(ctx);
    const first = await inner(ctx, '10.7.0.0/24');
    await act(ctx, 'add', router.id, { subnet_id: first.id });
    const route = (nexthop: string, destination = '172.16.0.0/24') => ({ destination, nexthop });
    const update = (...routes: object[]) => routers.update(ctx, { id: router.id }, { routes: routes as never });
    await refused(
      update(route('10.8.0.2')),
      'InvalidRoutes',
      "Invalid format for routes: [{'destination': '172.16.0.0/24', 'nexthop': '10.8.0.2'}], the nexthop is not connected with router",
    );
    await refused(update(route('10.7.0.1')), 'InvalidRoutes', /the nexthop is used by router$/);
    assert.deepEqual((await update(route('10.7.0.2'))).routes, [route('10.7.0.2')]);
    const edit = (name: string, ...routes: object[]) => routers.act(ctx, name, { id: router.id, body: { routes } });
    const both = [route('10.7.0.2'), route('10.7.0.3', '172.17.0.0/24')];
    assert.deepEqual(Reflect.get(await edit('add_extraroutes', ...both), 'routes'), both);
    assert.deepEqual(Reflect.get(await edit('remove_extraroutes', both[1]!), 'routes'), [both[0]]);
    await refused(act(ctx, 'remove', router.id, { subnet_id: first.id }), 'RouterInterfaceInUseByRoute');
    await edit('remove_extraroutes', both[0]!, route('9.9.9.9'));
    await act(ctx, 'remove', router.id, { subnet_id: first.id });
  });

  it('take their ports down and up with them', async () => {
    const ctx = member('r8');
    const router = await make(ctx, true);
    const added = await act(ctx, 'add', router.id, { subnet_id: (await inner(ctx, '10.8.0.0/24')).id });
    const statuses = async () =>
      (await topic.ports.list(admin, { filters: { device_id: [router.id] } })).objects.map((port) => port.status);
    await routers.update(ctx, { id: router.id }, { admin_state_up: false });
    assert.deepEqual(await statuses(), ['DOWN', 'DOWN']);
    await routers.update(ctx, { id: router.id }, { admin_state_up: true });
    assert.deepEqual(await statuses(), ['ACTIVE', 'ACTIVE']);
    assert.ok(portOf(added));
    assert.equal((await routers.get(ctx, router.id)).revision_number, 4);
  });
});
