import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { FloatingIpManager } from '../floating-ips/floating-ip-manager.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { RouterManager } from '../routers/router-manager.js';
import { AgentReports } from './agent-reports.js';
import { L3PluginEndpoint } from './l3-plugin.endpoint.js';

const agent = createContext({ is_admin: true });
const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin', 'member', 'reader'], is_admin: true });
const nobody = createContext({ roles: ['member'] });
const host = 'l3-1';

type Row = Readonly<Record<string, unknown>>;

function first<T>([one]: readonly T[]): T {
  assert.ok(one !== undefined);
  return one;
}

describe("neutron's own L3 agents", () => {
  let store: Store;
  let all: NetworkManagers;
  let plugin: L3PluginEndpoint;
  let routers: RouterManager;
  let outside: string;
  let inside: { network_id: string; subnet_id: string };
  let router: string;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    plugin = new L3PluginEndpoint(store, all.resources);
    routers = all.resources.get(RouterManager);
    const shared = { topic: 'l3_agent', binary: 'neutron-l3-agent', zone: 'nova', agentType: 'L3 agent' };
    await new AgentReports(store, 60).reportForeign({ ...shared, host, configurations: {} }, true);
    outside = first(await all.networks.create(admin, [{ router_external: true, mtu: 1400 }])).id;
    await all.subnets.create(admin, [{ network_id: outside, ip_version: 4, cidr: '203.0.113.0/24' }]);
    const { id: network_id } = first(await all.networks.create(admin, [{}]));
    const subnet = { network_id, ip_version: 4 as const, cidr: '10.0.0.0/24' };
    inside = { network_id, subnet_id: first(await all.subnets.create(admin, [subnet])).id };
    router = first(await routers.create(admin, [{ external_gateway_info: { network_id: outside } }])).id;
    await routers.act(admin, 'add_router_interface', { id: router, body: { subnet_id: inside.subnet_id } });
  });
  after(() => store.close());

  const synced = async (more = {}): Promise<readonly Row[]> => (await plugin.sync(agent, { host, ...more })) as Row[];

  it('are told their routers with gateway, interfaces and floating IPs, whose ports become their host s', async () => {
    const [port] = await all.ports.create(admin, [{ network_id: inside.network_id }]);
    const ips = all.resources.get(FloatingIpManager);
    const ip = first(await ips.create(admin, [{ floating_network_id: outside, port_id: port?.id ?? '' }]));
    assert.deepEqual(await plugin.routerIds(agent, { host }), [router]);
    const told = first(await synced({ router_ids: [router] }));
    const gateway = told['gw_port'] as Row;
    assert.deepEqual(
      [told['id'], told['enable_snat'], told['gw_port_id'], gateway['mtu'], gateway['binding:host_id']],
      [router, true, gateway['id'], 1400, host],
    );
    const [fixed] = gateway['fixed_ips'] as Row[];
    assert.equal(fixed?.['prefixlen'], 24);
    const [one] = told['_interfaces'] as Row[];
    const [subnet] = (one?.['subnets'] ?? []) as Row[];
    assert.deepEqual(
      [
        one?.['device_owner'],
        one?.['address_scopes'],
        one?.['extra_subnets'],
        subnet?.['cidr'],
        subnet?.['gateway_ip'],
      ],
      ['network:router_interface', { 4: null, 6: null }, [], '10.0.0.0/24', '10.0.0.1'],
    );
    const [floating] = told['_floatingips'] as Row[];
    assert.deepEqual(
      [floating?.['id'], floating?.['fixed_ip_address'], floating?.['fixed_ip_address_scope']],
      [ip.id, port?.fixed_ips[0]?.ip_address, null],
    );
    await plugin.floatingIpStatuses(agent, { router_id: router, fip_statuses: { [ip.id]: 'ERROR' } });
    assert.equal((await ips.get(admin, ip.id)).status, 'ERROR');
    await plugin.floatingIpStatuses(agent, { router_id: 'another', fip_statuses: { [ip.id]: 'DOWN' } });
    assert.equal((await ips.get(admin, ip.id)).status, 'ERROR');
    await assert.rejects(plugin.floatingIpStatuses(agent, { router_id: router, fip_statuses: { [ip.id]: 'x' } }), {
      code: 'InvalidInput',
    });
  });

  it('are told nothing of others routers, and of one that is administratively down', async () => {
    assert.deepEqual(await synced({ router_ids: ['unknown'] }), []);
    assert.deepEqual(await plugin.sync(agent, { host: 'l3-2' }), []);
    await routers.update(admin, { id: router }, { admin_state_up: false });
    assert.deepEqual(await synced(), []);
    await routers.update(admin, { id: router }, { admin_state_up: true });
    assert.equal((await synced()).length, 1);
    assert.equal((await synced({ router_ids: [] })).length, 1);
  });

  it('have one gateway port of their own on an external network', async () => {
    const asked = { host, network_id: outside };
    const made = await Promise.all([plugin.gatewayPort(agent, asked), plugin.gatewayPort(agent, asked)]);
    const ids = new Set(made.map((port) => Reflect.get(port ?? {}, 'id') as unknown));
    assert.equal(ids.size, 1);
    assert.equal((Reflect.get(made[0] ?? {}, 'subnets') as Row[])[0]?.['cidr'], '203.0.113.0/24');
    await plugin.deleteGatewayPort(agent, asked);
    await plugin.deleteGatewayPort(agent, asked);
    const { rows } = await sql`
      select 1 from ports where device_owner = 'network:floatingip_agent_gateway'`.execute(store.db);
    assert.equal(rows.length, 0);
    assert.equal(await plugin.gatewayPort(agent, { host, network_id: 'unknown' }), null);
  });

  it('say which of them is active for an HA router, and ask for networks and ports', async () => {
    const { id } = first(await routers.create(admin, [{ ha: true }]));
    assert.equal(await plugin.haRouters(agent, { host }), 1);
    await plugin.haStates(agent, { host, states: { [id]: 'active' } });
    const { agents } = (await routers.act(admin, 'list_l3_agents', { id })) as { agents: Row[] };
    assert.equal(agents[0]?.['ha_state'], 'active');
    const plain = (await routers.act(admin, 'list_l3_agents', { id: router })) as { agents: Row[] };
    assert.equal(plain.agents[0]?.['ha_state'], null);
    assert.equal(await plugin.haPortsDown(agent, { host }), null);
    const networks = await plugin.networks(agent, { filters: { 'router:external': [true] }, fields: ['id'] });
    assert.deepEqual(networks, [{ id: outside }]);
    const ports = await plugin.portsBySubnet(agent, { host, subnet_id: inside.subnet_id });
    assert.ok(ports.some((port) => Reflect.get(port, 'device_id') === router));
    assert.ok(ports.every((port) => Reflect.get(port, 'binding:host_id') !== ''));
    assert.ok((await plugin.plugins(agent)).includes('L3_ROUTER_NAT'));
    await assert.rejects(plugin.sync(nobody, { host }), { code: 'PolicyNotAuthorized' });
  });
});
