import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { DHCP_AGENT, L3_AGENT } from '#libs/contracts';
import type { AgentData } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import { FloatingIpPoolManager } from '../floating-ips/floating-ip-pool-manager.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { NetworkManager } from '../networks/network-manager.js';
import { RouterManager } from '../routers/router-manager.js';
import { SubnetManager } from '../subnets/subnet-manager.js';
import { AgentManager } from './agent-manager.js';
import { AgentReports, HOST_AGENT } from './agent-reports.js';
import { AvailabilityZoneManager } from './availability-zone-manager.js';

const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin', 'member', 'reader'], is_admin: true });
const member = createContext({ user_id: 'u', project_id: 'p1', roles: ['member', 'reader'] });

describe('agents', () => {
  let store: Store;
  let agents: AgentManager;
  let zones: AvailabilityZoneManager;
  let routers: RouterManager;
  let networks: NetworkManager;
  let subnets: SubnetManager;
  let pools: FloatingIpPoolManager;
  let reports: AgentReports;
  before(async () => {
    store = await openMemoryStore();
    const { resources } = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    agents = resources.get(AgentManager);
    zones = resources.get(AvailabilityZoneManager);
    routers = resources.get(RouterManager);
    networks = resources.get(NetworkManager);
    subnets = resources.get(SubnetManager);
    pools = resources.get(FloatingIpPoolManager);
    reports = new AgentReports(store, 60);
  });
  after(() => store.close());

  const agentOf = async (type: string, host: string): Promise<AgentData> => {
    const { objects } = await agents.list(admin, { filters: { agent_type: [type], host: [host] } });
    assert.ok(objects[0] !== undefined && objects.length === 1, `${type} on ${host}`);
    return objects[0];
  };
  const made = <T>([one]: readonly T[]): T => {
    assert.ok(one !== undefined);
    return one;
  };
  const namesOf = (answer: object, key: string): readonly unknown[] => {
    const rows: unknown = Reflect.get(answer, key);
    return Array.isArray(rows) ? rows.map((row: object) => Reflect.get(row, 'id') as unknown) : [];
  };
  const idsOf = (id: string, list: 'list_l3_routers' | 'list_dhcp_networks'): Promise<readonly unknown[]> =>
    agents
      .act(admin, list, { id })
      .then((answer) => namesOf(answer, list === 'list_l3_routers' ? 'routers' : 'networks'));

  it('take what nobody had when they start; nobody is in a zone before', async () => {
    const router = made(await routers.create(member, [{ name: 'r' }]));
    assert.deepEqual((await routers.get(member, router.id)).availability_zones, []);
    await assert.rejects(routers.create(member, [{ availability_zone_hints: ['z1'] }]), {
      code: 'AvailabilityZoneNotFound',
    });
    await reports.reportNetworkHost('h1', 'z1');
    const agent = await agentOf(L3_AGENT, 'h1');
    assert.deepEqual([agent.alive, agent.admin_state_up, agent.description], [true, true, null]);
    assert.deepEqual(agent.configurations, { agent_mode: 'legacy', routers: 1 });
    assert.match(agent.heartbeat_timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.deepEqual((await routers.get(member, router.id)).availability_zones, ['z1']);
    assert.deepEqual(namesOf(await routers.act(admin, 'list_l3_agents', { id: router.id }), 'agents'), [agent.id]);
    await assert.rejects(routers.act(member, 'list_l3_agents', { id: router.id }), { code: 'PolicyNotAuthorized' });
  });

  it('are in the zones that networks and routers can ask for', async () => {
    await reports.reportNetworkHost('h2', 'z2');
    const { objects } = await zones.list(member, {});
    assert.deepEqual(
      objects.map(({ name, resource, state }) => `${resource} ${name} ${state}`),
      ['network z1 available', 'network z2 available', 'router z1 available', 'router z2 available'],
    );
    const router = made(await routers.create(member, [{ availability_zone_hints: ['z2'] }]));
    assert.deepEqual(router.availability_zones, ['z2']);
    const network = made(await networks.create(member, [{ availability_zone_hints: ['z2'] }]));
    assert.deepEqual([network.availability_zone_hints, network.availability_zones], [['z2'], []]);
    await subnets.create(member, [{ network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' }]);
    assert.deepEqual((await networks.get(member, network.id)).availability_zones, ['z2']);
    await assert.rejects(networks.create(member, [{ availability_zone_hints: ['z2', 'z9'] }]), {
      code: 'AvailabilityZoneNotFound',
    });
  });

  it('are given routers and lose them, once each', async () => {
    const router = made(await routers.create(member, [{ availability_zone_hints: ['z1'] }]));
    const [one, two] = [await agentOf(L3_AGENT, 'h1'), await agentOf(L3_AGENT, 'h2')];
    const body = { router_id: router.id };
    await assert.rejects(agents.act(admin, 'add_l3_router', { id: two.id, body }), { code: 'RouterHostedByL3Agent' });
    await agents.act(admin, 'remove_l3_router', { id: one.id, body });
    await assert.rejects(agents.act(admin, 'remove_l3_router', { id: one.id, body }), {
      code: 'RouterNotHostedByL3Agent',
    });
    await agents.act(admin, 'add_l3_router', { id: two.id, body });
    assert.ok((await idsOf(two.id, 'list_l3_routers')).includes(router.id));
    assert.ok(!(await idsOf(one.id, 'list_l3_routers')).includes(router.id));
    const unknown = { router_id: randomUUID() };
    await assert.rejects(agents.act(admin, 'add_l3_router', { id: one.id, body: unknown }), { code: 'RouterNotFound' });
    const wrong = await agentOf(DHCP_AGENT, 'h1');
    await assert.rejects(agents.act(admin, 'add_l3_router', { id: wrong.id, body }), { code: 'InvalidL3Agent' });
  });

  it('serve networks, also several one', async () => {
    const network = made(await networks.create(member, [{ name: 'n' }]));
    const [one, two] = [await agentOf(DHCP_AGENT, 'h1'), await agentOf(DHCP_AGENT, 'h2')];
    const body = { network_id: network.id };
    for (const { id } of [one, two]) await agents.act(admin, 'add_dhcp_network', { id, body });
    await assert.rejects(agents.act(admin, 'add_dhcp_network', { id: one.id, body }), {
      code: 'NetworkHostedByDHCPAgent',
    });
    const { networks: shown } = (await agents.act(admin, 'list_dhcp_networks', { id: one.id })) as {
      networks: object[];
    };
    const row = shown.find((each) => Reflect.get(each, 'id') === network.id);
    assert.deepEqual([Reflect.get(row ?? {}, 'router:external'), Reflect.get(row ?? {}, 'tenant_id')], [false, 'p1']);
    assert.ok(!('segments' in (row ?? {})), 'told in the other form');
    assert.match(String(Reflect.get(row ?? {}, 'created_at')), /:\d\dZ$/);
    await agents.act(admin, 'remove_dhcp_network', { id: one.id, body });
    const left = await networks.act(admin, 'list_dhcp_agents', { id: network.id });
    assert.deepEqual(namesOf(left, 'agents'), [two.id]);
    await assert.rejects(agents.act(admin, 'remove_dhcp_network', { id: one.id, body }), {
      code: 'NetworkNotHostedByDhcpAgent',
    });
  });

  it('are dead when they are silent, are given nothing then, and can be forgotten', async () => {
    await reports.reportNetworkHost('h3', 'z3');
    const agent = await agentOf(L3_AGENT, 'h3');
    await sql`update agents set heartbeat_timestamp = clock_timestamp() - interval '61 seconds' where host = 'h3'`.execute(
      store.db,
    );
    assert.equal((await agentOf(L3_AGENT, 'h3')).alive, false);
    const { objects: dead } = await agents.list(admin, { filters: { alive: ['False'] } });
    assert.deepEqual(new Set(dead.map(({ host }) => host)), new Set(['h3']));
    const router = made(await routers.create(member, [{ availability_zone_hints: ['z3'] }]));
    assert.deepEqual(router.availability_zones, []);
    await agents.delete(admin, { id: agent.id });
    await assert.rejects(agents.get(admin, agent.id), { code: 'AgentNotFound' });
    await reports.reportNetworkHost('h3', 'z3');
    assert.notEqual((await agentOf(L3_AGENT, 'h3')).id, agent.id);
  });

  it('that are administratively down get nothing new', async () => {
    await reports.reportNetworkHost('h4', 'z4');
    const { id } = await agentOf(L3_AGENT, 'h4');
    const down = await agents.update(admin, { id }, { admin_state_up: false, description: 'd' });
    assert.deepEqual([down.admin_state_up, down.description], [false, 'd']);
    await reports.reportNetworkHost('h4', 'z4');
    assert.equal((await agentOf(L3_AGENT, 'h4')).admin_state_up, false);
    const router = made(await routers.create(member, [{ availability_zone_hints: ['z4'] }]));
    assert.deepEqual(router.availability_zones, []);
    const { objects } = await zones.list(member, { filters: { name: ['z4'], resource: ['router'] } });
    assert.equal(objects[0]?.state, 'unavailable');
    const body = { router_id: router.id };
    await assert.rejects(agents.act(admin, 'add_l3_router', { id, body }), { code: 'InvalidL3Agent' });
  });

  it('are found by their kind however it is spelled', async () => {
    const { objects } = await agents.list(admin, { filters: { agent_type: ['DHCP Agent'], host: ['h1'] } });
    assert.deepEqual(
      objects.map(({ agent_type: type }) => type),
      [DHCP_AGENT],
    );
  });

  it('are for administrators, and keep their rows over restarts', async () => {
    assert.deepEqual((await agents.list(member, {})).objects, []);
    const host = { agentType: HOST_AGENT, host: 'c1', topic: 'N/A', binary: 'albireo-compute', zone: null };
    await reports.report({ ...host, configurations: { hypervisor_type: 'fake' } });
    const first = await agentOf(HOST_AGENT, 'c1');
    await new AgentReports(store, 60).report({ ...host, configurations: {} });
    const second = await agentOf(HOST_AGENT, 'c1');
    assert.deepEqual([second.id, second.created_at, second.configurations], [first.id, first.created_at, {}]);
  });

  it('floating IP pools are the IPv4 subnets of external networks that the caller may use', async () => {
    const outside = made(await networks.create(admin, [{ name: 'out', router_external: true }]));
    const shared = { network_id: outside.id };
    const four = made(await subnets.create(admin, [{ ...shared, name: 'v4', ip_version: 4, cidr: '10.9.0.0/24' }]));
    await subnets.create(admin, [{ ...shared, ip_version: 6, cidr: '2001:db8::/64' }]);
    const { objects } = await pools.list(member, {});
    assert.deepEqual(
      objects.map(({ subnet_id: id, subnet_name: name, network_id: on, cidr, project_id: owner }) => [
        id,
        name,
        on,
        cidr,
        owner,
      ]),
      [[four.id, 'v4', outside.id, '10.9.0.0/24', 'p1']],
    );
  });
});
