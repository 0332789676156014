import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { AgentManager } from './agent-manager.js';
import { AgentReports } from './agent-reports.js';
import { AgentStateEndpoint } from './agent-state.endpoint.js';
import { DhcpPluginEndpoint } from './dhcp-plugin.endpoint.js';

/** As neutron's get_admin_context goes over the bus: an administrator without a user. */
const agent = createContext({ is_admin: true });
const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin', 'member', 'reader'], is_admin: true });
const nobody = createContext({ roles: ['member'] });

const host = 'h1';
const state = {
  binary: 'neutron-dhcp-agent',
  host,
  topic: 'dhcp_agent',
  agent_type: 'DHCP agent',
  availability_zone: 'nova',
  configurations: { dhcp_driver: 'x', networks: 0 },
};
const told = (more = {}) => ({
  agent_state: { agent_state: { ...state, ...more } },
  time: '2026-11-29T08:00:00.000000',
});

describe("neutron's own DHCP agents", () => {
  let store: Store;
  let all: NetworkManagers;
  let states: AgentStateEndpoint;
  let plugin: DhcpPluginEndpoint;
  let network_id: string;
  let subnet_id: string;
  before(async () => {
    store = await openMemoryStore();
    all = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    states = new AgentStateEndpoint(new AgentReports(store, 60));
    plugin = new DhcpPluginEndpoint(store, all.resources);
    network_id = (await all.networks.create(admin, [{}]))[0]?.id ?? '';
    const subnet = { network_id, ip_version: 4 as const, cidr: '10.0.0.0/24' };
    subnet_id = (await all.subnets.create(admin, [subnet]))[0]?.id ?? '';
  });
  after(() => store.close());

  it('report, take what nobody serves when they start, and show as alive', async () => {
    assert.equal(await states.report(agent, told({ start_flag: true })), 'new');
    assert.equal(await states.report(agent, told()), 'alive');
    assert.equal(await states.isAlive(), true);
    const { objects } = await all.resources.get(AgentManager).list(admin, { filters: { host: [host] } });
    assert.deepEqual(
      objects.map(({ binary, topic, alive, configurations }) => [binary, topic, alive, configurations]),
      [['neutron-dhcp-agent', 'dhcp_agent', true, { dhcp_driver: 'x', networks: 1 }]],
    );
    await store.db
      .updateTable('agents' as never)
      .set({ heartbeat_timestamp: '2020-01-01' } as never)
      .execute();
    assert.equal(await states.report(agent, told()), 'revived');
  });

  it('are told the networks that they serve, with subnets and ports', async () => {
    const networks = await plugin.activeNetworks(agent, { host });
    assert.deepEqual(
      networks.map((one) => [Reflect.get(one, 'id'), (Reflect.get(one, 'subnets') as object[]).length]),
      [[network_id, 1]],
    );
    assert.deepEqual(await plugin.activeNetworks(agent, { host: 'h2' }), []);
    assert.equal(await plugin.network(agent, { host, network_id: 'unknown' }), null);
  });

  it('make, change and release their ports', async () => {
    const device_id = `dhcp-a-${network_id}`;
    const body = { name: '', admin_state_up: true, device_id, network_id, tenant_id: 'p0', fixed_ips: [{ subnet_id }] };
    const made = await plugin.create(agent, { host, port: { port: body } });
    const id = String(Reflect.get(made ?? {}, 'id'));
    assert.deepEqual(
      ['device_owner', 'binding:host_id', 'tenant_id'].map((name) => Reflect.get(made ?? {}, name) as unknown),
      ['network:dhcp', host, 'p0'],
    );
    const change = { port: { network_id, fixed_ips: [{ subnet_id, ip_address: '10.0.0.9' }] } };
    const ownDevice = { port: { ...change.port, device_id: `dhcp-b-${network_id}` } };
    const changed = await plugin.update(agent, { host, port_id: id, port: ownDevice });
    assert.deepEqual(Reflect.get(changed ?? {}, 'fixed_ips'), [{ subnet_id, ip_address: '10.0.0.9' }]);
    await assert.rejects(plugin.update(agent, { host: 'h2', port_id: id, port: change }), { code: 'NetworkNotFound' });
    assert.equal(await plugin.ready(agent, { port_ids: [id] }), null);
    await plugin.release(agent, { host, network_id, device_id: `dhcp-b-${network_id}` });
    await assert.rejects(plugin.get(agent, { port_id: id }), { code: 'PortNotFound' });
    const unknown = { ...body, network_id: '11111111-2222-4333-8444-555555555555' };
    assert.equal(await plugin.create(agent, { host, port: { port: unknown } }), null);
  });

  it('are administrators by their context', () => {
    const refused = { code: 'PolicyNotAuthorized' };
    assert.throws(() => states.report(nobody, told()), refused);
    assert.throws(() => plugin.network(nobody, { host, network_id }), refused);
  });
});
