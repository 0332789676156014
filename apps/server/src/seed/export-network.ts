import type { Body } from './api-session.js';
import type { CloudThings } from './cloud-names.js';
import type { ExportNames } from './export-names.js';

/** Created by every cloud itself. */
export const OWN_GROUP = 'default';

/** Sorted, so that two exports of the same state are equal. */
export function inOrder(list: readonly object[]): object[] {
  const keyed = list.map((one) => ({ one, key: JSON.stringify(one) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ one }) => one);
}

/** Those that are texts and not empty. */
export function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    ),
  );
}

export function projectOf(thing: Body, { projects }: Pick<CloudThings, 'projects'>): { project?: string } {
  const owner = thing['project_id'] ?? thing['tenant_id'];
  const name = projects.find(({ id }) => id === owner)?.['name'];
  return typeof name === 'string' ? { project: name } : {};
}

export function networkOf(network: Body, things: CloudThings, names: ExportNames): object {
  const subnets = things.subnets.filter((subnet) => subnet['network_id'] === network['id']);
  return {
    name: names.of(network),
    ...projectOf(network, things),
    ...(network['router:external'] === true && { external: true }),
    ...(network['is_default'] === true && { default: true }),
    ...(network['shared'] === true && { shared: true }),
    subnets: inOrder(subnets.map((subnet) => subnetOf(subnet, names))),
  };
}

function subnetOf(subnet: Body, names: ExportNames): object {
  const { cidr, gateway_ip: gateway, enable_dhcp: dhcp, dns_nameservers: dns } = subnet;
  const { ipv6_ra_mode, ipv6_address_mode } = subnet;
  const pools = subnet['allocation_pools'] as readonly { start: string; end: string }[];
  const routes = subnet['host_routes'] as readonly { destination: string; nexthop: string }[];
  return {
    name: names.of(subnet),
    cidr,
    gateway,
    dhcp,
    dns,
    pools: pools.map(({ start, end }) => `${start}-${end}`),
    ...(routes.length > 0 && {
      routes: Object.fromEntries(routes.map(({ destination, nexthop }) => [destination, nexthop])),
    }),
    ...texts({ ipv6_ra_mode, ipv6_address_mode }),
  };
}

/** @param ports of all routers and servers */
export function routerOf(router: Body, things: CloudThings, names: ExportNames, ports: readonly Body[]): object {
  const inside = ports.filter(
    ({ device_id: device, device_owner: owner }) => device === router['id'] && owner !== 'network:router_gateway',
  );
  const ids = inside.flatMap(({ fixed_ips: ips }) => (ips as { subnet_id: string }[]).map((ip) => ip.subnet_id));
  const external = (router['external_gateway_info'] as { network_id?: string } | null)?.network_id;
  const gateway = things.networks.find(({ id }) => id === external);
  const subnets = things.subnets.filter(({ id }) => ids.includes(String(id))).map((subnet) => names.of(subnet));
  return {
    name: names.of(router),
    ...projectOf(router, things),
    ...(gateway !== undefined && { gateway: names.of(gateway) }),
    subnets: subnets.toSorted(),
  };
}

export function securityGroupOf(group: Body, things: CloudThings, names: ExportNames): object {
  return {
    name: names.of(group),
    ...projectOf(group, things),
    ...texts({ description: group['description'] }),
    ...rulesOf(group, things, names),
  };
}

/** Without the rules that every group has from the start. */
function rulesOf(group: Body, things: CloudThings, names: ExportNames): object {
  const all = (group['security_group_rules'] ?? []) as Body[];
  const rules = all
    .filter(
      ({ direction, protocol, remote_ip_prefix: remote, remote_group_id: peers }) =>
        direction !== 'egress' || protocol !== null || remote !== null || typeof peers === 'string',
    )
    .map((rule) => {
      const { direction, ethertype, protocol, port_range_min: first, port_range_max: last } = rule;
      const peers = things.security_groups.find(({ id }) => id === rule['remote_group_id']);
      return {
        direction,
        ethertype,
        ...texts({ protocol, remote: rule['remote_ip_prefix'] }),
        ...(peers !== undefined && { remote_group: names.of(peers) }),
        ...(typeof first === 'number' && {
          ports: first === last ? first : `${first}-${typeof last === 'number' ? last : first}`,
        }),
      };
    });
  return rules.length === 0 ? {} : { rules: inOrder(rules) };
}

/** @param ports of all routers and servers */
export function serverOf(server: Body, things: CloudThings, names: ExportNames, ports: readonly Body[]): object {
  const zone = things.zones.find(({ name }) => name === server['OS-EXT-AZ:availability_zone'])?.['name'];
  const {
    addresses = {},
    flavor,
    image,
    metadata = {},
  } = server as {
    addresses?: Record<string, unknown>;
    flavor: { original_name?: string; id?: string };
    image: { id?: string } | '';
    metadata?: Record<string, string>;
  };
  const own = ports.filter(({ device_id: device }) => device === server['id']);
  const groups = own.flatMap(({ security_groups: ids }) =>
    things.security_groups.filter(({ id }) => (ids as readonly unknown[]).includes(id)),
  );
  const groupNames = new Set(groups.filter(({ name }) => name !== OWN_GROUP).map((group) => names.of(group)));
  const networks = own.flatMap((port) => things.networks.filter(({ id }) => id === port['network_id']));
  const from = image === '' ? undefined : things.images.find(({ id }) => id === image.id);
  return {
    name: names.of(server),
    ...projectOf(server, things),
    flavor: flavor.original_name ?? things.flavors.find(({ id }) => id === flavor.id)?.['name'],
    image: from === undefined ? '' : names.of(from),
    // Compute has the order of the interfaces, and Network which networks of the same name they are on.
    networks: Object.keys(addresses).flatMap((label) =>
      networks.filter(({ name }) => name === label).map((network) => names.of(network)),
    ),
    ...(groupNames.size > 0 && { security_groups: [...groupNames].toSorted() }),
    ...(zone !== undefined && { zone }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}
