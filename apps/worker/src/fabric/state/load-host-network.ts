import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { HELD_ROUTERS, isHeld } from '../../network/agents/agent-scheduling.js';
import { ROUTER_GATEWAY } from '../../network/ports/port-owners.js';
import type { Queries, Store } from '../../store/index.js';
import { dhcpDeviceId } from './dhcp-device-id.js';
import type {
  AddressSet,
  GuestNetworkState,
  GuestPort,
  HostNetwork,
  QosState,
  RouterState,
  SecurityGroupState,
} from './host-network.js';

/** A host, and whether its networks are connected to those of other hosts. */
export interface HostPlace {
  readonly host: string;
  readonly isJoined: boolean;
}

/**
 * Reads the desired state of a host for its plugged ports: these ports, their networks, the networks that routers
 * connect to them, and the routers. Ids of deleted ports are ignored.
 */
export function loadHostNetwork(store: Store, place: HostPlace, plugged: readonly string[]): Promise<HostNetwork> {
  const read = async (db: Queries): Promise<HostNetwork> => {
    const revision = await revisionOf(db);
    const ports = await loadPorts(db, plugged);
    const own = [...new Set(ports.map(({ networkId }) => networkId))];
    const routers = await loadRouters(db, place, own);
    const joined = routers.flatMap(({ interfaces, gateways }) => [...interfaces, ...gateways]);
    const ids = [...new Set([...own, ...joined.map(({ networkId }) => networkId)])].toSorted();
    const groups = await loadGroups(db, ports);
    return {
      revision,
      ports,
      networks: await loadNetworks(db, place, ids),
      groups,
      addressSets: await loadSets(db, groups),
      routers,
      qos: await loadQos(db, ports),
    };
  };
  return store.transaction(read, { name: 'fabric.read', isolation: 'repeatable read' });
}

async function revisionOf(db: Queries): Promise<bigint> {
  const { rows } = await sql<{ revision: string }>`
    select pg_snapshot_xmax(pg_current_snapshot())::text as revision`.execute(db);
  return BigInt(rows[0]?.revision ?? 0);
}

/** The addresses of a port (`p`), in the order in which they were assigned. */
const fixedIps = sql`array_to_json(array(
  select json_build_object('subnet_id', a.subnet_id, 'ip_address', host(a.ip_address))
  from ip_allocations a where a.port_id = p.id order by a.position))`;

async function loadPorts(db: Queries, plugged: readonly string[]): Promise<readonly GuestPort[]> {
  const { rows } = await sql<GuestPort>`
    select p.id, p.network_id as "networkId", p.device_id as "deviceId", p.project_id as "projectId",
      p.mac_address as "macAddress", p.admin_state_up as "adminStateUp",
      p.port_security_enabled as "portSecurityEnabled", ${fixedIps} as "fixedIps",
      p.allowed_address_pairs as "allowedAddressPairs", p.extra_dhcp_opts as "dhcpOptions",
      coalesce(nullif(p.dns_name, ''), (select i.hostname from instances i where i.id = p.device_id), '') as "dnsName",
      coalesce(p.qos_policy_id, n.qos_policy_id) as "qosPolicyId",
      array(select s.security_group_id from port_security_groups s where s.port_id = p.id
        order by s.security_group_id) as "securityGroups"
    from ports p join networks n on n.id = p.network_id
    where p.id = any(${[...plugged]}::text[]) order by p.id`.execute(db);
  return rows;
}

async function loadNetworks(
  db: Queries,
  { host, isJoined }: HostPlace,
  ids: readonly string[],
): Promise<readonly GuestNetworkState[]> {
  const { rows } = await sql<GuestNetworkState>`
    select n.id, n.project_id as "projectId", n.mtu, n.admin_state_up as "adminStateUp", n.router_external as external,
      n.dns_domain as "dnsDomain", n.provider_network_type as "networkType",
      n.provider_physical_network as "physicalNetwork", n.provider_segmentation_id as "segmentationId",
      array_to_json(array(
        select json_build_object('id', s.id, 'ipVersion', s.ip_version, 'cidr', s.cidr::text,
          'gatewayIp', host(s.gateway_ip), 'enableDhcp', s.enable_dhcp, 'dnsNameservers', s.dns_nameservers,
          'hostRoutes', s.host_routes, 'raMode', s.ipv6_ra_mode, 'addressMode', s.ipv6_address_mode)
        from subnets s where s.network_id = n.id order by s.created_at, s.id)) as subnets,
      array_to_json(array(
        select json_build_object('name', coalesce(nullif(p.dns_name, ''), i.hostname),
          'address', host(a.ip_address))
        from ports p join ip_allocations a on a.port_id = p.id left join instances i on i.id = p.device_id
        where p.network_id = n.id and coalesce(nullif(p.dns_name, ''), i.hostname, '') <> ''
        order by a.position)) as "dnsRecords",
      (select json_build_object('id', p.id, 'macAddress', p.mac_address, 'fixedIps', ${fixedIps})
        from ports p where p.network_id = n.id and p.device_owner = 'network:dhcp'
          and p.device_id = ${sql.lit(dhcpDeviceId(host, ''))} || n.id) as "dhcpPort",
      ${isJoined ? peersOf(host) : sql`array[]::text[]`} as peers
    from networks n where n.id = any(${[...ids]}::text[]) order by n.id`.execute(db);
  return rows;
}

/**
 * The host of a router (`r`) when hosts are connected: the host of the oldest guest port on its networks, so that it
 * does not move when other guests are added.
 */
const routerHost = sql`(
  select g.binding_host_id from ports g join ports q on q.network_id = g.network_id
    join router_interfaces i on i.port_id = q.id
  where i.router_id = r.id and g.device_owner like 'compute:%' and g.binding_host_id <> ''
  order by g.created_at, g.id limit 1)`;

/** Addresses, as their agents report them, of the other hosts that have guests or routers on a network (`n`). */
function peersOf(host: string): RawBuilder<unknown> {
  return sql`array(
    select distinct a.configurations ->> 'tunneling_ip' from agents a
    where a.host <> ${host} and a.configurations ->> 'tunneling_ip' is not null and a.host in (
      select p.binding_host_id from ports p where p.network_id = n.id and p.device_owner like 'compute:%'
      union
      select ${routerHost} from routers r join router_interfaces j on j.router_id = r.id join ports k on k.id = j.port_id
      where k.network_id = n.id and r.admin_state_up and ${isHeld(HELD_ROUTERS, sql`r.id`)})
    order by 1)`;
}

/**
 * Routers with an interface on one of these networks that are administratively up, bound to an agent, and on this host.
 */
async function loadRouters(
  db: Queries,
  { host, isJoined }: HostPlace,
  networks: readonly string[],
): Promise<readonly RouterState[]> {
  const { rows } = await sql<RouterState>`
    select r.id, r.enable_snat as "enableSnat", r.routes,
      ${portsOf(sql`p.device_owner <> ${ROUTER_GATEWAY}
        and p.id in (select i.port_id from router_interfaces i where i.router_id = r.id)`)} as interfaces,
      ${portsOf(sql`p.id in (select g.port_id from router_gateways g where g.router_id = r.id)`)} as gateways,
      array_to_json(array(
        select json_build_object('floatingAddress', host(f.floating_ip_address),
          'fixedAddress', host(f.fixed_ip_address))
        from floatingips f where f.router_id = r.id and f.fixed_ip_address is not null
        order by f.floating_ip_address)) as "floatingIps",
      array_to_json(array(
        select json_build_object('floatingAddress', host(f.floating_ip_address), 'protocol', t.protocol,
          'externalFirst', t.external_port_start, 'externalLast', t.external_port_end,
          'internalAddress', host(t.internal_ip_address),
          'internalFirst', t.internal_port_start, 'internalLast', t.internal_port_end)
        from port_forwardings t join floatingips f on f.id = t.floatingip_id where f.router_id = r.id
        order by f.floating_ip_address, t.protocol, t.external_port_start)) as "portForwardings"
    from routers r
    where r.admin_state_up and ${isHeld(HELD_ROUTERS, sql`r.id`)} and r.id in (
      select i.router_id from router_interfaces i join ports q on q.id = i.port_id
      where q.network_id = any(${[...networks]}::text[]))
      ${isJoined ? sql`and ${routerHost} = ${host}` : sql``}
    order by r.id`.execute(db);
  return rows;
}

function portsOf(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`array_to_json(array(
    select json_build_object('id', p.id, 'networkId', p.network_id, 'macAddress', p.mac_address,
      'fixedIps', ${fixedIps})
    from ports p where ${condition} and p.admin_state_up order by p.id))`;
}

async function loadGroups(db: Queries, ports: readonly GuestPort[]): Promise<readonly SecurityGroupState[]> {
  const ids = [...new Set(ports.flatMap(({ securityGroups }) => securityGroups))];
  const { rows } = await sql<SecurityGroupState>`
    select g.id, g.stateful, array_to_json(array(
      select json_build_object('direction', r.direction, 'ethertype', r.ethertype, 'protocol', r.protocol,
        'portMin', r.port_range_min, 'portMax', r.port_range_max, 'remotePrefix', r.remote_ip_prefix,
        'remoteGroupId', r.remote_group_id, 'remoteAddressGroupId', r.remote_address_group_id)
      from security_group_rules r where r.security_group_id = g.id order by r.id)) as rules
    from security_groups g where g.id = any(${ids}::text[]) order by g.id`.execute(db);
  return rows;
}

/** The addresses of remote groups' ports, including those of their allowed pairs as in neutron, and address groups. */
async function loadSets(db: Queries, groups: readonly SecurityGroupState[]): Promise<readonly AddressSet[]> {
  const rules = groups.flatMap(({ rules: own }) => own);
  const remote = [...new Set(rules.flatMap(({ remoteGroupId: id }) => (id === null ? [] : [id])))];
  const listed = [...new Set(rules.flatMap(({ remoteAddressGroupId: id }) => (id === null ? [] : [id])))];
  const { rows } = await sql<AddressSet>`
    select g.id, 'group' as kind, array(
      select host(a.ip_address) from port_security_groups s join ip_allocations a on a.port_id = s.port_id
      where s.security_group_id = g.id
      union
      select pair ->> 'ip_address' from port_security_groups s join ports p on p.id = s.port_id,
        jsonb_array_elements(p.allowed_address_pairs) pair
      where s.security_group_id = g.id order by 1) as addresses
    from security_groups g where g.id = any(${remote}::text[])
    union all
    select g.id, 'address_group', array(select jsonb_array_elements_text(g.addresses) order by 1)
    from address_groups g where g.id = any(${listed}::text[])
    order by id`.execute(db);
  return rows;
}

async function loadQos(db: Queries, ports: readonly GuestPort[]): Promise<readonly QosState[]> {
  const ids = [...new Set(ports.flatMap(({ qosPolicyId: id }) => (id === null ? [] : [id])))];
  if (ids.length === 0) return [];
  const bandwidth = (direction: string): RawBuilder<unknown> => sql`(
    select json_build_object('maxKbps', b.max_kbps, 'maxBurstKbps', b.max_burst_kbps)
    from qos_bandwidth_limit_rules b where b.qos_policy_id = q.id and b.direction = ${sql.lit(direction)})`;
  const packets = (direction: string): RawBuilder<unknown> => sql`(
    select b.max_kpps from qos_packet_rate_limit_rules b
    where b.qos_policy_id = q.id and b.direction = ${sql.lit(direction)})`;
  const { rows } = await sql<QosState>`
    select q.id, ${bandwidth('ingress')} as ingress, ${bandwidth('egress')} as egress,
      ${packets('ingress')} as "ingressKpps", ${packets('egress')} as "egressKpps",
      (select d.dscp_mark from qos_dscp_marking_rules d where d.qos_policy_id = q.id) as "dscpMark"
    from qos_policies q where q.id = any(${ids}::text[]) order by q.id`.execute(db);
  return rows;
}
