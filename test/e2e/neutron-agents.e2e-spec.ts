// Debian's own neutron agents, as they are, on a real broker: what neutron-server is there for.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApiClient, until as untilFound } from '#testing/api-client';
import { NeutronAgent, missingForNeutronAgents, missingIptables } from '#testing/neutron-agent';
import { openstackJson } from '#testing/openstack-command';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';

type Row = Readonly<Record<string, unknown>>;

/** What neutron-server 21.0.0 told of routers, their ports and floating IPs, but for `standard_attr_id` and `resource_request`. */
const TOLD = {
  router: `_floatingips _interfaces admin_state_up availability_zone_hints availability_zones created_at description distributed
    enable_snat external_gateway_info flavor_id gw_port gw_port_host gw_port_id ha ha_vr_id id name project_id revision_number routes
    status tags tenant_id updated_at`,
  port: `address_scopes admin_state_up allowed_address_pairs binding:host_id binding:profile binding:vif_details binding:vif_type
    binding:vnic_type created_at description device_id device_owner dns_assignment dns_name extra_dhcp_opts extra_subnets fixed_ips
    id ip_allocation mac_address mtu name network_id port_security_enabled project_id qos_network_policy_id qos_policy_id
    revision_number security_groups status subnets tags tenant_id updated_at`,
  floatingIp: `created_at description dns_domain dns_name fixed_ip_address fixed_ip_address_scope floating_ip_address
    floating_network_id id port_details port_forwardings port_id project_id qos_network_policy_id qos_policy_id revision_number
    router_id status tags tenant_id updated_at`,
};

const HOST = `agent-${process.pid}`;

/** Until it is so; what the agent said goes with a failure. */
async function until(isSo: () => Promise<boolean>, what: string, agent: () => NeutronAgent): Promise<void> {
  await untilFound(async () => ((await isSo()) ? true : undefined), what, 240_000).catch((error: unknown) =>
    assert.fail(`${String(error)}\n${agent().log.slice(-6000)}`),
  );
}

describe("neutron's own agents", { skip: missingForNeutronAgents(), timeout: 1_200_000 }, () => {
  let pair: Pair;
  let api: ApiClient;
  let dhcp: NeutronAgent;
  let l3: NeutronAgent;
  let network: string;
  let subnet: string;
  let router: Readonly<Record<'id' | 'outside' | 'subnet' | 'network', string>>;
  before(async () => {
    pair = await startPair({ env: { OS_DEFAULT__SERVE_NEUTRON_AGENTS: 'true' } });
    api = new ApiClient(pair.ports);
    await api.login();
    const broker = { url: pair.brokerUrl, exchange: pair.env['OS_DEFAULT__CONTROL_EXCHANGE'] ?? '' };
    dhcp = new NeutronAgent('dhcp', HOST, join(pair.directory, 'dhcp'), broker);
    l3 = new NeutronAgent('l3', HOST, join(pair.directory, 'l3'), broker);
    // Networks and routers are to come to these agents, not to the worker.
    for (const { id } of await agents()) await put(`agents/${String(id)}`, { agent: { admin_state_up: false } });
    dhcp.start();
    l3.start();
  });
  after(async () => {
    await dhcp?.close();
    await l3?.close();
    await pair?.stop();
  });

  const agents = async (): Promise<readonly Row[]> =>
    (await api.expect(200, 'network', 'GET', '/v2.0/agents'))['agents'] as Row[];
  const post = async (path: string, name: string, body: object): Promise<Row> =>
    (await api.expect(201, 'network', 'POST', `/v2.0/${path}`, { body: { [name]: body } }))[name] as Row;
  const put = (path: string, body: object): Promise<unknown> =>
    api.expect(200, 'network', 'PUT', `/v2.0/${path}`, { body });
  const port = (name: string): Promise<Row> => post('ports', 'port', { network_id: network, name });
  const gone = (path: string): Promise<unknown> => api.expect(204, 'network', 'DELETE', `/v2.0/${path}`);
  const addressOf = (one: Row): string => String((one['fixed_ips'] as Row[])[0]?.['ip_address']);
  /** The file of dnsmasq that says who gets which address. */
  const hosts = (): string => {
    const file = join(dhcp.directory, 'state', 'dhcp', network, 'host');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const follows = (one: Row, isThere = true): Promise<unknown> =>
    until(
      async () => hosts().includes(addressOf(one)) === isThere,
      `${addressOf(one)} ${isThere} in the hosts`,
      () => dhcp,
    );

  it('report and are alive', async () => {
    await until(
      async () => {
        const rows = (await openstackJson(pair, 'network', 'agent', 'list')) as Row[];
        const own = rows.filter((row) => row['Host'] === HOST && row['Alive'] === true);
        const binaries = own.map((row) => String(row['Binary'])).toSorted((a, b) => (a < b ? -1 : 1));
        return binaries.join() === 'neutron-dhcp-agent,neutron-l3-agent';
      },
      'both are alive',
      () => dhcp,
    );
  });

  it('of DHCP are told of a network, make their port, and dnsmasq follows ports that come and go', async () => {
    network = String((await post('networks', 'network', { name: 'tenant' }))['id']);
    subnet = String(
      (await post('subnets', 'subnet', { network_id: network, ip_version: 4, cidr: '10.1.0.0/24' }))['id'],
    );
    const one = await port('one');
    await follows(one);
    const served = await api.expect(
      200,
      'network',
      'GET',
      `/v2.0/ports?network_id=${network}&device_owner=network:dhcp`,
    );
    const [own] = served['ports'] as Row[];
    assert.deepEqual(
      [own?.['binding:host_id'], ((own?.['fixed_ips'] ?? []) as Row[])[0]?.['subnet_id']],
      [HOST, subnet],
    );
    const pid = join(dhcp.directory, 'state', 'dhcp', network, 'pid');
    await until(
      async () => existsSync(pid),
      'dnsmasq runs',
      () => dhcp,
    );
    await gone(`ports/${String(one['id'])}`);
    await follows(one, false);
  });

  it('are told what a worker left behind that was killed', async () => {
    const one = await port('left behind');
    await pair.programs.get('worker-0')?.kill();
    await pair.startWorker(0);
    await follows(one);
    await gone(`ports/${String(one['id'])}`);
    await follows(one, false);
  });

  it('are told everything when they start again', async () => {
    await dhcp.kill();
    const one = await port('while it was away');
    dhcp.start();
    await follows(one);
  });

  it('of L3 are told of a router, and build it with gateway and interface', async () => {
    const outside = String((await post('networks', 'network', { 'router:external': true }))['id']);
    await post('subnets', 'subnet', { network_id: outside, ip_version: 4, cidr: '203.0.113.0/24', enable_dhcp: false });
    const gateway = { external_gateway_info: { network_id: outside } };
    const id = String((await post('routers', 'router', gateway))['id']);
    const inside = String((await post('networks', 'network', {}))['id']);
    const body = { network_id: inside, ip_version: 4, cidr: '10.2.0.0/24', enable_dhcp: false };
    const subnetId = (await post('subnets', 'subnet', body))['id'];
    await put(`routers/${id}/add_router_interface`, { subnet_id: subnetId });
    const ports = async (): Promise<readonly Row[]> =>
      (await api.expect(200, 'network', 'GET', `/v2.0/ports?device_id=${id}`))['ports'] as Row[];
    const isBuilt = async (): Promise<boolean> => {
      const own = await ports();
      const addresses = l3.addresses(id);
      return own.every((one) => one['binding:host_id'] === HOST && addresses.includes(`${addressOf(one)}/`));
    };
    await until(isBuilt, 'the addresses are in its namespace', () => l3);
    assert.equal((await ports()).length, 2);
    const ofRouter = await api.expect(200, 'network', 'GET', `/v2.0/routers/${id}/l3-agents`);
    assert.deepEqual(
      (ofRouter['agents'] as Row[]).map((agent) => [agent['host'], agent['ha_state']]),
      [[HOST, null]],
    );
    router = { id, outside, subnet: String(subnetId), network: inside };
  });

  it('of L3 translate a floating IP with iptables, and tell that they do', { skip: missingIptables() }, async () => {
    const inner = await post('ports', 'port', { network_id: router.network });
    const ip = await post('floatingips', 'floatingip', { floating_network_id: router.outside, port_id: inner['id'] });
    const address = String(ip['floating_ip_address']);
    const rules = [
      `-A neutron-l3-agent-PREROUTING -d ${address}/32 -j DNAT --to-destination ${addressOf(inner)}`,
      `-A neutron-l3-agent-float-snat -s ${addressOf(inner)}/32 -j SNAT --to-source ${address}`,
    ];
    await until(
      async () => {
        const table = l3.translations(router.id);
        return rules.every((rule) => table.includes(rule));
      },
      'the rules of the floating IP',
      () => l3,
    );
    const path = `/v2.0/floatingips/${String(ip['id'])}`;
    const status = async (): Promise<unknown> =>
      ((await api.expect(200, 'network', 'GET', path))['floatingip'] as Row)['status'];
    await until(
      async () => (await status()) === 'ACTIVE',
      'the floating IP is ACTIVE',
      () => l3,
    );
    await gone(`floatingips/${String(ip['id'])}`);
    await until(
      async () => !l3.translations(router.id).includes(address),
      'no rule of the floating IP',
      () => l3,
    );
  });

  // All but process_prefix_update, which neutron has taken away.
  it("of L3 ask by each method of neutron's own L3PluginApi, and are answered as by neutron-server", async () => {
    const of = router;
    // The agent itself would tell of the floating IP meanwhile.
    await l3.kill();
    const one = await post('ports', 'port', { network_id: of.network });
    const ip = await post('floatingips', 'floatingip', { floating_network_id: of.outside, port_id: one['id'] });
    const ipId = String(ip['id']);
    const [ids, routers, all, status, ofSubnet, gateway, gone_, plugins, count, networks] = (await l3.askPlugin([
      ['get_router_ids', []],
      ['get_routers', [[of.id]]],
      ['get_routers', []],
      ['update_floatingip_statuses', [of.id, { [ipId]: 'ERROR' }]],
      ['get_ports_by_subnet', [of.subnet]],
      ['get_agent_gateway_port', [of.outside]],
      ['delete_agent_gateway_port', [of.outside]],
      ['get_service_plugin_list', []],
      ['get_host_ha_router_count', []],
      ['get_networks', [{ id: [of.network] }, ['id', 'subnets']]],
      ['update_all_ha_network_port_statuses', []],
      ['update_ha_routers_states', [{ [of.id]: 'active' }]],
    ])) as [string[], Row[], Row[], null, Row[], Row, null, string[], number, Row[]];
    assert.deepEqual(ids, [of.id]);
    assert.deepEqual([status, gone_, count], [null, null, 0]);
    const [full] = routers;
    const has = (told: Row | undefined, names: string): void =>
      assert.deepEqual(
        names.split(/\s+/).filter((name) => !Object.hasOwn(told ?? {}, name)),
        [],
      );
    has(full, TOLD.router);
    has(full?.['gw_port'] as Row, TOLD.port);
    for (const inner of (full?.['_interfaces'] ?? []) as Row[]) has(inner, TOLD.port);
    const [floating] = (full?.['_floatingips'] ?? []) as Row[];
    has(floating, TOLD.floatingIp);
    assert.equal(full?.['gw_port_host'], HOST);
    assert.deepEqual(
      all.map((each) => each['id']),
      [of.id],
    );
    has(gateway, TOLD.port);
    assert.deepEqual(
      [gateway['device_owner'], gateway['port_security_enabled']],
      ['network:floatingip_agent_gateway', false],
    );
    assert.ok(ofSubnet.every((each) => each['binding:host_id'] === HOST));
    assert.ok(plugins.includes('L3_ROUTER_NAT') && plugins.includes('TAG'));
    assert.deepEqual(networks, [{ id: of.network, subnets: [of.subnet] }]);
    const after = await api.expect(200, 'network', 'GET', `/v2.0/floatingips/${ipId}`);
    assert.equal((after['floatingip'] as Row)['status'], 'ERROR');
  });
});
