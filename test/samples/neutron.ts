import { OpenApiJudge } from '#testing/openapi-judge';
import { networkPath } from '../../apps/gateway/src/network/network.api.js';
import { networkOpenApi } from '../../apps/gateway/src/network/openapi/document.js';
import { LEFT_OUT, rewritten, valueAt } from './replay.js';
import type { Body, Player, SampleApi } from './replay.js';

/** The five requests of an ordinary resource. */
function crud(
  path: string,
  file: string,
  kept: string,
  key: string,
  lists = `${file}s-list-response`,
  setups = '',
): string {
  return `
  ${file}-create-response POST ${path} < ${file}-create-request > ${kept}=${key}.id${setups}
  ${file}-show-response GET ${path}/{${kept}}
  ${lists} GET ${path}
  ${file}-update-response PUT ${path}/{${kept}} < ${file}-update-request`;
}

function qosRule(kind: string): string {
  return crud(`/qos/policies/{policy}/${kind}_rules`, `${kind}_rule`, kind, `${kind}_rule`);
}

const table = `
extensions
  extensions-list-response GET /extensions
  extension-show-response GET /extensions/agent
address-scopes${crud('/address-scopes', 'address-scope', 'scope', 'address_scope')}
subnets
  subnetpool-create-response POST /subnetpools < subnetpool-create-request > pool=subnetpool.id
  subnetpool-show-response GET /subnetpools/{pool}
  subnetpools-list-response GET /subnetpools
  subnetpool-add-prefixes-response PUT /subnetpools/{pool}/add_prefixes < subnetpool-add-prefixes-request
  subnetpool-remove-prefixes-response PUT /subnetpools/{pool}/remove_prefixes < subnetpool-remove-prefixes-request @ noPrefix
  subnet-create-response POST /subnets < subnet-create-request > subnet2=subnet.id
  subnet-show-response GET /subnets/{subnet2}
  subnets-list-response GET /subnets
  subnet-update-response PUT /subnets/{subnet2} < subnet-update-request
  subnets-create-bulk-response POST /subnets < subnets-create-bulk-request @ twoNetworks
  subnets-onboard-response PUT /subnetpools/{pool}/onboard_network_subnets < subnets-onboard-request @ onboard
networks
  versions-list-response GET /
  version-show-response GET /
  network-create-response POST /networks < network-create-request > network2=network.id
  network-show-response GET /networks/{network2}
  networks-list-response GET /networks
  network-update-response PUT /networks/{network2} < network-update-request
  networks-bulk-create-response POST /networks < networks-bulk-create-request
  network-provider-create-response POST /networks < network-provider-create-request > network3=network.id
  network-provider-show-response GET /networks/{network3}
  networks-provider-list-response GET /networks
  network-multi-create-response POST /networks < network-multi-create-request > network4=network.id
  network-multi-show-response GET /networks/{network4}
ports
  port-create-response POST /ports < port-create-request > port2=port.id
  port-show-response GET /ports/{port2}
  ports-list-response GET /ports
  port-update-response PUT /ports/{port2} < port-update-request
  ports-bulk-create-response POST /ports < ports-bulk-create-request
  port-bind-create-response POST /ports < port-bind-create-request > port3=port.id
  port-bind-show-response GET /ports/{port3}
  ports-bind-list-response GET /ports
  port-bind-update-response PUT /ports/{port3} < port-bind-update-request
port_bindings
  port-binding-create-response POST /ports/{port3}/bindings < port-binding-create-request
  port-binding-list-response GET /ports/{port3}/bindings
  port-binding-activate-response PUT /ports/{port3}/bindings/compute/activate
tag
  tag-update-response PUT /networks/{network}/tags < tag-update-request
  tag-obtain-response GET /networks/{network}/tags
  - POST /networks/{network}/tags < tag-create-request
security-groups
  security-group-create-response POST /security-groups < security-group-create-request > group=security_group.id
  security-group-show-response GET /security-groups/{group}
  security-groups-list-response GET /security-groups
  security-group-update-response PUT /security-groups/{group} < security-group-update-request
  security-group-rule-create-response POST /security-group-rules < security-group-rule-create-request > rule=security_group_rule.id
  security-group-rule-show-response GET /security-group-rules/{rule}
  security-group-rules-list-response GET /security-group-rules
  security-group-rule-bulk-create-response POST /security-group-rules < security-group-rule-bulk-create-request @ group
security-group-default-rules
  security-group-default-rule-create-response POST /default-security-group-rules < security-group-default-rule-create-request > defaultRule=default_security_group_rule.id
  security-group-default-rule-show-response GET /default-security-group-rules/{defaultRule}
  security-group-default-rules-list-response GET /default-security-group-rules
address-groups
  address-group-create-response POST /address-groups < address-group-create-request > addresses2=address_group.id
  address-group-show-response GET /address-groups/{addresses2}
  address-groups-list-response GET /address-groups
  address-group-update-response PUT /address-groups/{addresses2} < address-group-update-request
  address-group-add-addresses-response PUT /address-groups/{addresses2}/add_addresses < address-group-add-addresses-request
  address-group-remove-addresses-response PUT /address-groups/{addresses2}/remove_addresses < address-group-remove-addresses-request
qos${crud('/qos/policies', 'policy', 'policy', 'policy', 'policies-list-response')}${qosRule('bandwidth_limit')}${qosRule('dscp_marking')}${qosRule('minimum_bandwidth')}${qosRule('minimum_packet_rate')}${qosRule('packet_rate_limit')}
  rule_types-list-response GET /qos/rule-types
  rule_type-details-bandwidth_limit-response GET /qos/rule-types/bandwidth_limit
  rule_type-details-dscp_marking-response GET /qos/rule-types/dscp_marking
routers
  router-create-response POST /routers < router-create-request > router2=router.id
  router-show-response GET /routers/{router2}
  routers-list-response GET /routers
  router-update-response PUT /routers/{router2} < router-update-request
  router-add-interface-response PUT /routers/{router2}/add_router_interface < router-add-interface-request @ freeSubnet
  router-add-extraroutes-response PUT /routers/{router2}/add_extraroutes < router-add-extraroutes-request
  router-remove-extraroutes-response PUT /routers/{router2}/remove_extraroutes < router-remove-extraroutes-request
  router-remove-interface-response PUT /routers/{router2}/remove_router_interface < router-remove-interface-request
  router-add-interface-response PUT /routers/{router2}/add_router_interface < router-add-interface-request-with-port @ freePort
  router-remove-interface-response PUT /routers/{router2}/remove_router_interface < router-remove-interface-request-with-port
  router-add-external-gateways-response PUT /routers/{router2}/add_external_gateways < router-add-external-gateways-request
  router-update-external-gateways-response PUT /routers/{router2}/update_external_gateways < router-update-external-gateways-request
  router-remove-external-gateways-response PUT /routers/{router2}/remove_external_gateways < router-remove-external-gateways-request
floatingips
  floatingip-create-response POST /floatingips < floatingip-create-request > floating=floatingip.id @ port
  floatingip-show-response GET /floatingips/{floating}
  floating-ips-list-response GET /floatingips
  floatingip-disassociate-response PUT /floatingips/{floating} < floatingip-disassociate-request
  floatingip-update-response PUT /floatingips/{floating} < floatingip-update-request @ port
  floating-ip-pools-list-response GET /floatingip_pools
port_forwardings
  port-fowarding-create-response POST /floatingips/{floating}/port_forwardings < port-fowarding-create-request > forwarding=port_forwarding.id @ floating port
  port-fowarding-show-response GET /floatingips/{floating}/port_forwardings/{forwarding}
  port-fowarding-list-response GET /floatingips/{floating}/port_forwardings
  port-fowarding-update-response PUT /floatingips/{floating}/port_forwardings/{forwarding} < port-fowarding-update-request
conntrack_helpers${crud('/routers/{router}/conntrack_helpers', 'conntrack-helper', 'conntrack', 'conntrack_helper', 'conntrack-helper-list-response')}
ndp_proxies${crud('/ndp_proxies', 'ndp-proxy', 'proxy', 'ndp_proxy', 'ndp-proxies-list-response', ' @ ndp')}
local_ips${crud('/local_ips', 'local_ip', 'localIp', 'local_ip', 'local-ips-list-response')}
  local_ip_association-create-response POST /local_ips/{localIp}/port_associations < local_ip_association-create-request @ port
  local-ip-list-associations-response GET /local_ips/{localIp}/port_associations
trunks
  trunks-create-response POST /trunks < trunk-create-request > trunk=trunk.id @ port
  trunk-add-subports-response PUT /trunks/{trunk}/add_subports < trunk-add-subports-request @ subport
  trunk-show-response GET /trunks/{trunk}
  trunks-list-response GET /trunks
  trunk-list-subports-response GET /trunks/{trunk}/get_subports
  trunk-details-show-response GET /ports/{trunkPort}
  trunk-update-response PUT /trunks/{trunk} < trunk-update-request
  trunk-remove-subports-response PUT /trunks/{trunk}/remove_subports < trunk-remove-subports-request
metering
  metering-label-create-response POST /metering/metering-labels < metering-label-create-request > label=metering_label.id
  metering-label-show-response GET /metering/metering-labels/{label}
  metering-labels-list-response GET /metering/metering-labels
  metering-label-rule-create-response POST /metering/metering-label-rules < metering-label-rule-create-request > labelRule=metering_label_rule.id
  metering-label-rule-show-response GET /metering/metering-label-rules/{labelRule}
  metering-label-rules-list-response GET /metering/metering-label-rules
rbac_policy${crud('/rbac-policies', 'rbac-policy', 'rbac', 'rbac_policy', 'rbac-policies-list-response')}
quotas
  quotas-update-response PUT /quotas/{project} < quotas-update-request
  quotas-list-for-project-response GET /quotas/{project}
  quotas-list-response GET /quotas
quota_details
  quota-details-show-for-project-response GET /quotas/{project}/details.json
network-ip-availability
  network-ip-availability-list GET /network-ip-availabilities
  network-ip-availability-show GET /network-ip-availabilities/{network}
availability-zones
  azs-list-response GET /availability_zones
agents
  agents-list-response GET /agents
  agent-show-response GET /agents/{dhcpAgent} @ agents
  agent-update-response PUT /agents/{dhcpAgent} < agent-update-request
  - POST /agents/{dhcpAgent}/dhcp-networks < agent-dhcp-network-add-request @ noDhcpAgent
  agent-dhcp-networks-list-response GET /agents/{dhcpAgent}/dhcp-networks
  network-dhcp-agent-list-response GET /networks/{network}/dhcp-agents
  - POST /agents/{l3Agent}/l3-routers < agent-l3-router-add-request @ noL3Agent
  agent-l3-routers-list-response GET /agents/{l3Agent}/l3-routers
  router-l3-agent-list-response GET /routers/{router}/l3-agents
segments${crud('/segments', 'segment', 'segment', 'segment')}
logs${crud('/log/logs', 'log', 'log', 'log', 'log-list-response')}
  loggable_resources-list-response GET /log/loggable-resources
flavors
  service-profile-create-response POST /service_profiles < service-profile-create-request > profile=service_profile.id
  service-profile-show-response GET /service_profiles/{profile}
  service-profiles-list-response GET /service_profiles
  service-profile-update-response PUT /service_profiles/{profile} < service-profile-update-request
  flavor-create-response POST /flavors < flavor-create-request > flavor=flavor.id
  flavor-associate-response POST /flavors/{flavor}/service_profiles < flavor-associate-request
  flavor-show-response GET /flavors/{flavor}
  flavors-list-response GET /flavors
  flavor-update-response PUT /flavors/{flavor} < flavor-update-request
auto-topology
  topo-show-response GET /auto-allocated-topology/{project} @ autoTopology
`;

async function make(player: Player, kind: string, body: Body, name: string, path = `/${kind}s`): Promise<void> {
  player.world.set(name, await player.make('POST', path, { [kind]: body }, `${kind}.id`));
}

async function port(player: Player, name: string, network = 'network'): Promise<void> {
  const { json } = await player.send('POST', '/ports', { port: { network_id: player.name(network) } });
  player.world.set(name, valueAt(json, 'port.id'));
  player.world.set(`${name}Address`, valueAt(json, 'port.fixed_ips.0.ip_address'));
}

async function otherNetwork(player: Player, name: string, cidr: string): Promise<void> {
  await make(player, 'network', { name }, `${name}Network`);
  await make(player, 'subnet', { network_id: player.name(`${name}Network`), ip_version: 4, cidr }, `${name}Subnet`);
}

const setups: Record<string, (player: Player) => Promise<void>> = {
  port: (player) => port(player, 'port'),
  async subport(player) {
    player.world.set('trunkPort', player.name('port'));
    await port(player, 'port');
  },
  async twoNetworks(player) {
    await make(player, 'network', { name: 'one' }, 'one');
    await make(player, 'network', { name: 'two' }, 'two');
  },
  async noPrefix(player) {
    const body = { name: 'pool', prefixes: ['192.168.0.0/24', '10.3.0.0/24'], default_prefixlen: 26 };
    await make(player, 'subnetpool', body, 'pool');
    // Neighbours are joined: a prefix that can be taken away stands alone.
  },
  async onboard(player) {
    const body = {
      name: 'pool',
      prefixes: ['10.40.0.0/16'],
      default_prefixlen: 26,
      address_scope_id: player.name('scope'),
    };
    await make(player, 'subnetpool', body, 'pool');
    await otherNetwork(player, 'onboard', '10.41.0.0/24');
  },
  group: (player) => make(player, 'security_group', { name: 'group' }, 'group', '/security-groups'),
  async freeSubnet(player) {
    await otherNetwork(player, 'free', '10.50.0.0/24');
  },
  async freePort(player) {
    await otherNetwork(player, 'free', '10.51.0.0/24');
    await port(player, 'port', 'freeNetwork');
  },
  async floating(player) {
    await make(player, 'floatingip', { floating_network_id: player.name('external') }, 'floating');
  },
  async agents(player) {
    const { json } = await player.send('GET', '/agents');
    for (const agent of json['agents'] as { id: string; agent_type: string }[]) {
      if (agent.agent_type === 'DHCP agent') player.world.set('dhcpAgent', agent.id);
      if (agent.agent_type === 'L3 agent') player.world.set('l3Agent', agent.id);
    }
  },
  async noDhcpAgent(player) {
    await player.send('DELETE', `/agents/${player.name('dhcpAgent')}/dhcp-networks/${player.name('network')}`);
  },
  async noL3Agent(player) {
    await player.send('DELETE', `/agents/${player.name('l3Agent')}/l3-routers/${player.name('router')}`);
  },
  async autoTopology(player) {
    await player.make('PUT', `/networks/${player.name('external')}`, { network: { is_default: true } });
    const pool = { name: 'auto', prefixes: ['10.90.0.0/16'], default_prefixlen: 26, is_default: true, shared: true };
    await make(player, 'subnetpool', pool, 'auto');
  },
  async ndp(player) {
    const scope = { name: 'six', ip_version: 6, shared: true };
    await make(player, 'address_scope', scope, 'sixScope', '/address-scopes');
    const pool = {
      name: 'six',
      prefixes: ['2001:db8:5::/48'],
      default_prefixlen: 64,
      address_scope_id: player.name('sixScope'),
    };
    await make(player, 'subnetpool', pool, 'sixPool');
    await make(player, 'network', { name: 'six-outside', 'router:external': true }, 'sixOutside');
    const outside = { network_id: player.name('sixOutside'), ip_version: 6, subnetpool_id: player.name('sixPool') };
    await make(player, 'subnet', outside, 'sixOutsideSubnet');
    await make(player, 'network', { name: 'six' }, 'sixNetwork');
    const inside = { network_id: player.name('sixNetwork'), ip_version: 6, subnetpool_id: player.name('sixPool') };
    await make(player, 'subnet', inside, 'sixSubnet');
    const gateway = {
      name: 'six',
      enable_ndp_proxy: true,
      external_gateway_info: { network_id: player.name('sixOutside') },
    };
    await make(player, 'router', gateway, 'sixRouter');
    const path = `/routers/${player.name('sixRouter')}/add_router_interface`;
    await player.make('PUT', path, { subnet_id: player.name('sixSubnet') });
    await port(player, 'sixPort', 'sixNetwork');
  },
};

/** Of a sample's request: the name of the world whose value stands in place of a key's. */
const REFERENCES: Readonly<Record<string, string>> = {
  network_id: 'network',
  subnet_id: 'subnet',
  floating_network_id: 'external',
  port_id: 'port',
  fixed_port_id: 'port',
  internal_port_id: 'port',
  internal_ip_address: 'portAddress',
  fixed_ip: 'portAddress',
  fixed_ip_address: 'portAddress',
  qos_policy_id: 'qos',
  security_group_id: 'group',
  remote_group_id: 'group',
  router_id: 'router',
  metering_label_id: 'label',
  object_id: 'network',
  target_tenant: 'project2',
  tenant_id: 'project',
  project_id: 'project',
};

/** Other values where a request means another thing by a key; undefined leaves the key out. */
const OF_REQUEST: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  'floatingip-create-request': { subnet_id: 'externalSubnet', floating_ip_address: undefined },
  'router-create-request': { network_id: 'external', external_fixed_ips: undefined },
  'router-update-request': { network_id: 'external', external_fixed_ips: undefined, distributed: undefined },
  'router-add-external-gateways-request': { network_id: 'external', external_fixed_ips: undefined },
  'router-update-external-gateways-request': { network_id: 'external' },
  'router-remove-external-gateways-request': { network_id: 'external' },
  'router-add-interface-request': { subnet_id: 'freeSubnet' },
  'router-remove-interface-request': { subnet_id: 'freeSubnet' },
  'subnets-onboard-request': { network_id: 'onboardNetwork' },
  'ndp-proxy-create-request': { router_id: 'sixRouter', port_id: 'sixPort', ip_address: 'sixPortAddress' },
  'local_ip-create-request': { local_ip_address: undefined },
  'security-group-rule-create-request': { remote_address_group_id: undefined },
  'security-group-rule-bulk-create-request': { remote_address_group_id: undefined },
  'port-bind-create-request': { device_id: undefined },
  'port-bind-update-request': { device_id: undefined, device_owner: undefined },
  'port-update-request': { device_id: undefined, device_owner: undefined },
  'segment-create-request': { physical_network: undefined },
  'rbac-policy-update-request': { target_tenant: undefined },
};

export const neutron: SampleApi = {
  api: 'network',
  prefix: '/v2.0',
  folder: (name) => name,
  table,
  judge: new OpenApiJudge(networkOpenApi()),
  documented: (path) => networkPath(`/v2.0${path}`).slice('/v2.0'.length),
  data: new Set(['binding:profile', 'hints', 'configurations', 'ip_allocation', 'resources_synced']),
  setups,
  async prepare(player) {
    const { client } = player;
    const { json: token } = await client.request('identity', 'GET', '/v3/auth/tokens', {
      headers: { 'x-subject-token': client.token },
    });
    player.world.set('project', valueAt(token, 'token.project.id'));
    const project = await client.expect(201, 'identity', 'POST', '/v3/projects', {
      body: { project: { name: 'second' } },
    });
    player.world.set('project2', valueAt(project, 'project.id'));
    const quota = {
      network: -1,
      subnet: -1,
      port: -1,
      router: -1,
      floatingip: -1,
      security_group: -1,
      security_group_rule: -1,
    };
    await player.make('PUT', `/quotas/${player.name('project')}`, { quota });
    await make(player, 'network', { name: 'public', 'router:external': true }, 'external');
    const outside = { network_id: player.name('external'), ip_version: 4, cidr: '172.24.4.0/24' };
    await make(player, 'subnet', outside, 'externalSubnet');
    await make(player, 'network', { name: 'private' }, 'network');
    const inside = { network_id: player.name('network'), ip_version: 4, cidr: '10.0.0.0/24' };
    await make(player, 'subnet', inside, 'subnet');
    const gateway = { name: 'r', external_gateway_info: { network_id: player.name('external') } };
    await make(player, 'router', gateway, 'router');
    await player.make('PUT', `/routers/${player.name('router')}/add_router_interface`, {
      subnet_id: player.name('subnet'),
    });
    await make(player, 'policy', { name: 'qos' }, 'qos', '/qos/policies');
    await port(player, 'port');
  },
  adapt(body, player, request) {
    const own = OF_REQUEST[request] ?? {};
    let networks = 0;
    return rewritten(body, (key, value, path) => {
      // An extension that is not here; the other attributes of these requests are judged.
      if (key.startsWith('pvlan')) return LEFT_OUT;
      if (key in own) {
        const name = own[key];
        return name === undefined ? LEFT_OUT : player.name(name);
      }
      if (request === 'subnets-create-bulk-request' && key === 'network_id') {
        networks += 1;
        return player.name(networks === 1 ? 'one' : 'two');
      }
      if (path === 'service_profile.id') return player.name('profile');
      const name = REFERENCES[key];
      return name === undefined || typeof value !== 'string' || (key === 'port_id' && path.includes('local_link'))
        ? undefined
        : player.name(name);
    }) as Body;
  },
};
