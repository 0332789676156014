import { stringify } from 'yaml';
import type { ApiSession, Body } from './api-session.js';
import { lookAround } from './cloud-names.js';
import type { CloudThings } from './cloud-names.js';

/** Created by every cloud itself. */
const OWN_GROUP = 'default';

/**
 * A seed of the existing objects. It does not contain passwords and the content of images, since they cannot be read.
 */
export async function exportSeed(session: ApiSession): Promise<string> {
  const things = await lookAround(session);
  const assignments = await session.list('identity', '/v3/role_assignments?include_names=true', 'role_assignments');
  const quotas = await quotasOf(session, things);
  const members = await membersOf(session, things);
  const ownLimits = await session.list('identity', '/v3/limits', 'limits');
  const seed = {
    roles: things.roles.map(({ name }) => ({ name })),
    projects: things.projects.map(({ id, name, description }) => ({
      name,
      ...texts({ description }),
      ...quotas(String(id)),
    })),
    users: things.users.map((user) => ({
      name: user['name'],
      ...texts({ email: user['email'] }),
      ...rolesOf('user', user, assignments),
    })),
    groups: things.groups.map((group) => ({
      name: group['name'],
      ...texts({ description: group['description'] }),
      ...members(group),
      ...rolesOf('group', group, assignments),
    })),
    limits: things.limits.map((limit) => limitOf(limit, ownLimits, things)),
    flavors: things.flavors.map(flavorOf),
    images: things.images.map(
      ({ name, disk_format: disk, container_format: container, min_disk, min_ram, visibility }) => ({
        name,
        ...texts({ disk_format: disk, container_format: container }),
        min_disk,
        min_ram,
        visibility,
      }),
    ),
    networks: things.networks.map((network) => ({
      name: network['name'],
      ...ownerOf(network, things),
      ...(network['router:external'] === true && { external: true }),
      ...(network['is_default'] === true && { default: true }),
      ...(network['shared'] === true && { shared: true }),
      subnets: inOrder(things.subnets.filter((subnet) => subnet['network_id'] === network['id']).map(subnetOf)),
    })),
    routers: await Promise.all(things.routers.map((router) => routerOf(session, router, things))),
    security_groups: things.security_groups
      .filter(({ name }) => name !== OWN_GROUP)
      .map((group) => ({
        name: group['name'],
        ...ownerOf(group, things),
        ...texts({ description: group['description'] }),
        ...rulesOf(group),
      })),
    zones: things.zones.map(zoneOf),
    servers: things.servers.map((server) => serverOf(server, things)),
  };
  // Sorted by name, so that two exports of the same state are equal.
  const sections = Object.entries(seed).map(([section, list]) => [section, inOrder(list)] as const);
  return stringify(Object.fromEntries(sections.filter(([, list]) => list.length > 0)));
}

function inOrder(list: readonly object[]): object[] {
  const keyed = list.map((one) => ({ one, key: JSON.stringify(one) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ one }) => one);
}

function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    ),
  );
}

function ownerOf(thing: Body, { projects }: CloudThings): { project?: string } {
  const owner = thing['project_id'] ?? thing['tenant_id'];
  const name = projects.find(({ id }) => id === owner)?.['name'];
  return typeof name === 'string' ? { project: name } : {};
}

interface Assignment {
  readonly user?: Body;
  readonly group?: Body;
  readonly role: Body;
  readonly scope: { readonly project?: Body };
}

function rolesOf(kind: 'user' | 'group', holder: Body, assignments: readonly Body[]): object {
  const roles = (assignments as readonly (Body & Assignment)[]).flatMap(({ [kind]: whose, role, scope }) =>
    whose?.['id'] === holder['id'] && scope.project !== undefined
      ? [{ project: scope.project['name'], role: role['name'] }]
      : [],
  );
  return roles.length === 0 ? {} : { roles: inOrder(roles) };
}

async function membersOf(session: ApiSession, { groups }: CloudThings): Promise<(group: Body) => object> {
  const found = new Map<unknown, string[]>();
  for (const { id } of groups) {
    const users = await session.list('identity', `/v3/groups/${String(id)}/users`, 'users');
    found.set(id, users.map(({ name }) => String(name)).toSorted());
  }
  return ({ id }) => ((found.get(id) ?? []).length === 0 ? {} : { users: found.get(id) });
}

/** A registered limit with the projects' limits, which refer to it by service, region and resource. */
function limitOf(registered: Body, limits: readonly Body[], { projects }: CloudThings): object {
  const { resource_name: name, service, region_id: region, default_limit: common } = registered;
  const own = limits.flatMap((limit) => {
    const isOfIt = ['resource_name', 'service_id', 'region_id'].every((field) => limit[field] === registered[field]);
    const project = projects.find(({ id }) => id === limit['project_id'])?.['name'];
    return isOfIt && typeof project === 'string' ? [[project, limit['resource_limit']] as const] : [];
  });
  const byName = own.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    name,
    service,
    ...texts({ region }),
    default: common,
    ...(own.length > 0 && { projects: Object.fromEntries(byName) }),
  };
}

/** Limits of a project that differ from the defaults. */
async function quotasOf(session: ApiSession, { projects }: CloudThings): Promise<(id: string) => object> {
  const network = new Map(
    (await session.list('network', '/v2.0/quotas', 'quotas')).map((quota) => [String(quota['project_id']), quota]),
  );
  const found = new Map<string, object>();
  for (const id of projects.map((project) => String(project['id']))) {
    const path = `/v2.1/os-quota-sets/${id}`;
    const own = (await session.ask('osapi_compute', 'GET', path))['quota_set'] as Body;
    const common = (await session.ask('osapi_compute', 'GET', `${path}/defaults`))['quota_set'] as Body;
    const networkDefaults = (await session.ask('network', 'GET', `/v2.0/quotas/${id}/default`))['quota'] as Body;
    const quotas = {
      ...limits('compute', own, common),
      ...limits('network', network.get(id) ?? networkDefaults, networkDefaults),
    };
    if (Object.keys(quotas).length > 0) found.set(id, { quotas });
  }
  return (id) => found.get(id) ?? {};
}

function limits(api: 'compute' | 'network', own: Body, common: Body): object {
  const entries = Object.entries(own).filter(([name, limit]) => typeof limit === 'number' && limit !== common[name]);
  return entries.length === 0 ? {} : { [api]: Object.fromEntries(entries) };
}

function zoneOf({ name, hosts, metadata }: Body): object {
  const { availability_zone: _zone, ...rest } = metadata as Record<string, string>;
  return { name, hosts: (hosts as string[]).length, ...(Object.keys(rest).length > 0 && { metadata: rest }) };
}

function flavorOf(flavor: Body): object {
  const { name, id, vcpus, ram, disk } = flavor;
  return {
    name,
    id,
    vcpus,
    ram,
    disk,
    ephemeral: Number(flavor['OS-FLV-EXT-DATA:ephemeral'] ?? 0),
    // Compute writes no swap as an empty text.
    swap: Number(flavor['swap'] === '' ? 0 : flavor['swap']),
    public: flavor['os-flavor-access:is_public'] !== false,
  };
}

function subnetOf({ name, cidr, gateway_ip: gateway, enable_dhcp: dhcp, dns_nameservers: dns }: Body): object {
  return { name, cidr, gateway, dhcp, dns };
}

async function routerOf(session: ApiSession, router: Body, things: CloudThings): Promise<object> {
  const ports = await session.list('network', `/v2.0/ports?device_id=${String(router['id'])}`, 'ports');
  const inside = ports.filter(({ device_owner: owner }) => owner !== 'network:router_gateway');
  const ids = inside.flatMap(({ fixed_ips: ips }) => (ips as { subnet_id: string }[]).map((ip) => ip.subnet_id));
  const external = (router['external_gateway_info'] as { network_id?: string } | null)?.network_id;
  const gateway = things.networks.find(({ id }) => id === external)?.['name'];
  const subnets = things.subnets.filter(({ id }) => ids.includes(String(id))).map(({ name }) => name);
  return { name: router['name'], ...ownerOf(router, things), ...(gateway !== undefined && { gateway }), subnets };
}

/** Without the rules that every group has from the start, and without those that refer to other groups. */
function rulesOf(group: Body): object {
  const all = (group['security_group_rules'] ?? []) as Body[];
  const rules = all
    .filter((rule) => rule['remote_group_id'] === null || rule['remote_group_id'] === undefined)
    .filter(
      ({ direction, protocol, remote_ip_prefix: remote }) =>
        direction !== 'egress' || protocol !== null || remote !== null,
    )
    .map(
      ({ direction, ethertype, protocol, port_range_min: first, port_range_max: last, remote_ip_prefix: remote }) => ({
        direction,
        ethertype,
        ...texts({ protocol, remote }),
        ...(typeof first === 'number' && { ports: first === last ? first : `${first}-${String(last)}` }),
      }),
    );
  return rules.length === 0 ? {} : { rules: inOrder(rules) };
}

function serverOf(server: Body, { flavors, images, networks, projects, zones }: CloudThings): object {
  const zone = zones.find(({ name }) => name === server['OS-EXT-AZ:availability_zone'])?.['name'];
  const groups = ((server['security_groups'] ?? []) as { name: string }[])
    .map(({ name }) => name)
    .filter((name) => name !== OWN_GROUP);
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
  const imageId = image === '' ? undefined : image.id;
  const known = new Set(networks.map(({ name }) => name));
  return {
    name: server['name'],
    ...ownerOf({ project_id: server['tenant_id'] }, { projects } as CloudThings),
    flavor: flavor.original_name ?? flavors.find(({ id }) => id === flavor.id)?.['name'],
    image: images.find(({ id }) => id === imageId)?.['name'] ?? '',
    networks: Object.keys(addresses).filter((name) => known.has(name)),
    ...(groups.length > 0 && { security_groups: groups.toSorted() }),
    ...(zone !== undefined && { zone }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}
