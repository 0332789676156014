import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { MessagingError } from '#libs/messaging';
import { createContext } from '#libs/telemetry';
import { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import { createNetworkManagers } from '../create-network-managers.js';
import type { NetworkManagers } from '../create-network-managers.js';
import { RouterManager } from '../routers/router-manager.js';
import { defaultNetworkSettings } from '../network-settings.js';
import { AgentManager } from './agent-manager.js';
import { AgentNotices } from './agent-notices.js';
import { AgentReports } from './agent-reports.js';
import { AgentStateEndpoint } from './agent-state.endpoint.js';
import { DhcpPluginEndpoint } from './dhcp-plugin.endpoint.js';

/** As neutron's get_admin_context arrives over the bus: an administrator without a user. */
const agent = createContext({ is_admin: true });
const admin = createContext({ user_id: 'a', project_id: 'p0', roles: ['admin', 'member', 'reader'], is_admin: true });
const nobody = createContext({ roles: ['member'] });

type Row = Readonly<Record<string, unknown>>;

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

  it('are told what has changed on their networks since they were told last, whichever way it took', async () => {
    const told: [string, unknown, Row][] = [];
    let isAway = false;
    const cast = async (_context: unknown, method: string, args: { payload: Row }, { server }: { server?: string }) => {
      if (isAway) throw new MessagingError('BrokerUnavailable', 'away');
      told.push([method, server, args.payload]);
    };
    const notices = new AgentNotices(store, all.resources, { cast } as never, { cast } as never);
    const tell = async (): Promise<[string, unknown, Row][]> => {
      told.length = 0;
      await notices.tell();
      return [...told];
    };
    // The only notice for a network that is new to the agent, which requests the rest.
    assert.deepEqual(await tell(), [['network_create_end', host, { network: { id: network_id }, priority: 0 }]]);
    assert.deepEqual(await tell(), []);

    const [made] = await all.ports.create(admin, [{ network_id, fixed_ips: [{ ip_address: '10.0.0.33' }] }]);
    const id = made?.id ?? '';
    isAway = true;
    await assert.rejects(notices.tell(), { code: 'BrokerUnavailable' });
    isAway = false;
    const [created] = await tell();
    assert.deepEqual([created?.[0], created?.[2]['priority']], ['port_create_end', 5]);
    const port = created?.[2]['port'] as Row;
    assert.deepEqual([port['id'], port['network_id']], [id, network_id]);
    assert.match(JSON.stringify(port['dns_assignment']), /"host-10-0-0-33\./);

    await all.ports.update(admin, { id }, { name: 'renamed' });
    await all.subnets.update(admin, { id: subnet_id }, { dns_nameservers: ['10.0.0.2'] });
    const names = (await tell()).map(([method]) => method);
    assert.deepEqual(names, ['subnet_update_end', 'port_update_end']);

    await all.ports.delete(admin, { id });
    assert.deepEqual(await tell(), [['port_delete_end', host, { port_id: id, network_id, priority: 6 }]]);
    await store.db
      .deleteFrom('network_dhcp_agent_bindings' as never)
      .where('network_id' as never, '=', network_id as never)
      .execute();
    assert.deepEqual(await tell(), [['network_delete_end', host, { network_id, priority: 2 }]]);
    assert.deepEqual(await tell(), []);
  });

  const noticesOf = (cast: unknown, resources = all.resources): AgentNotices =>
    new AgentNotices(store, resources, { cast } as never, { cast } as never);
  const silent = (seconds: number) =>
    sql`update agents set heartbeat_timestamp = business_clock() - ${seconds} * interval '1 second'`.execute(store.db);

  it('are told of the other objects where one cannot be read', async () => {
    await sql`insert into network_dhcp_agent_bindings (network_id, agent_id)
      select ${network_id}, id from agents where host = ${host} on conflict do nothing`.execute(store.db);
    const names: string[] = [];
    const cast = async (_context: unknown, method: string, { payload }: { payload: Row }): Promise<void> => {
      names.push(`${method} ${JSON.stringify((payload['port'] as Row | undefined)?.['name'])}`);
    };
    await noticesOf(cast).tell();
    names.length = 0;
    const made = await all.ports.create(admin, [
      { network_id, name: 'bad' },
      { network_id, name: 'good' },
    ]);
    const get = all.ports.get.bind(all.ports);
    const broken = {
      get: () => ({
        get: (caller: never, id: string) =>
          id === made[0]?.id ? Promise.reject(new Error('unreadable')) : get(caller, id),
      }),
    };
    for (let turn = 0; turn < 6; turn += 1) await noticesOf(cast, broken as never).tell();
    assert.deepEqual(names, ['port_create_end "good"']);
    const { rows } = await sql`select 1 from agent_changes`.execute(store.db);
    assert.equal(rows.length, 0, 'it is given up after some turns');
  });

  it('are told once by several workers', async () => {
    let count = 0;
    const slow = async (): Promise<void> => {
      count += 1;
      await noticesOf(async () => assert.fail('another worker tells')).tell();
    };
    await all.networks.update(admin, { id: network_id }, { mtu: 1400 });
    await noticesOf(slow).tell();
    assert.equal(count, 1);
  });

  it('are noted nothing while they are silent for long', async () => {
    const noted = async (): Promise<number> => (await sql`select 1 from agent_changes`.execute(store.db)).rows.length;
    await silent(90);
    await all.networks.update(admin, { id: network_id }, { mtu: 1401 });
    assert.equal(await noted(), 1, 'it may have been slow');
    await silent(130);
    await all.networks.update(admin, { id: network_id }, { mtu: 1402 });
    assert.equal(await noted(), 1);
    await noticesOf(async () => assert.fail('it is silent')).tell();
    assert.equal(await noted(), 0);
    assert.equal(await states.report(agent, told()), 'revived', 'which makes it ask for everything');
  });

  it('are told when they are to work no more, and nothing else then', async () => {
    const agents = all.resources.get(AgentManager);
    const [row] = (await agents.list(admin, { filters: { host: [host] } })).objects;
    const sent: [string, unknown][] = [];
    const cast = async (_context: unknown, method: string, args: object): Promise<void> => {
      sent.push([method, args]);
    };
    await agents.update(admin, { id: row?.id ?? '' }, { admin_state_up: false });
    await all.networks.update(admin, { id: network_id }, { mtu: 1403 });
    await noticesOf(cast).tell();
    assert.deepEqual(sent, [['agent_updated', { payload: { admin_state_up: false } }]]);
    await agents.update(admin, { id: row?.id ?? '' }, { admin_state_up: true });
  });

  it('of L3 are told of their routers', async () => {
    const l3 = { binary: 'neutron-l3-agent', topic: 'l3_agent', agent_type: 'L3 agent', host: 'l3-1' };
    await states.report(agent, told({ ...l3, configurations: { agent_mode: 'legacy' }, start_flag: true }));
    const sent: [string, unknown][] = [];
    const cast = async (_context: unknown, method: string, args: object, { server }: { server?: string }) => {
      if (server === 'l3-1') sent.push([method, args]);
    };
    const tell = async (): Promise<readonly [string, unknown][]> => {
      sent.length = 0;
      await noticesOf(cast).tell();
      return [...sent];
    };
    const routers = all.resources.get(RouterManager);
    const id = (await routers.create(admin, [{}]))[0]?.id ?? '';
    assert.deepEqual(await tell(), [['router_added_to_agent', { payload: [id] }]]);
    const updated = [['routers_updated', { routers: [id] }]];
    await routers.act(admin, 'add_router_interface', { id, body: { subnet_id } });
    assert.deepEqual(await tell(), updated);
    await all.subnets.update(admin, { id: subnet_id }, { dns_nameservers: ['192.0.2.53'] });
    assert.deepEqual(await tell(), updated);
    await routers.act(admin, 'remove_router_interface', { id, body: { subnet_id } });
    await routers.delete(admin, { id });
    assert.deepEqual(await tell(), [['router_deleted', { router_id: id }]]);
    const other = (await routers.create(admin, [{}]))[0]?.id ?? '';
    await tell();
    const agents = all.resources.get(AgentManager);
    const [row] = (await agents.list(admin, { filters: { host: ['l3-1'] } })).objects;
    const target = { id: row?.id ?? '', body: { router_id: other } };
    await agents.act(admin, 'remove_l3_router', target);
    assert.deepEqual(await tell(), [['router_removed_from_agent', { payload: { router_id: other } }]]);
    await agents.act(admin, 'add_l3_router', target);
    await agents.act(admin, 'add_l3_router', target);
  });

  it('are administrators by their context', () => {
    const refused = { code: 'PolicyNotAuthorized' };
    assert.throws(() => states.report(nobody, told()), refused);
    assert.throws(() => plugin.network(nobody, { host, network_id }), refused);
  });
});
