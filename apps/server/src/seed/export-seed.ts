import { stringify } from 'yaml';
import type { ApiSession, Body } from './api-session.js';
import { lookAround } from './cloud-names.js';
import type { CloudThings } from './cloud-names.js';
import { ExportNames } from './export-names.js';
import {
  OWN_GROUP,
  inOrder,
  networkOf,
  projectOf,
  routerOf,
  securityGroupOf,
  serverOf,
  texts,
} from './export-network.js';

/**
 * A seed of the existing objects of the first domain. It does not contain passwords and the content of images, since
 * they cannot be read.
 */
export async function exportSeed(session: ApiSession): Promise<string> {
  const things = ownedThings(await lookAround(session));
  const { images, networks, subnets, routers, security_groups: groups, servers } = things;
  const names = new ExportNames({
    image: images.map(({ id, name }) => ({ id, name })),
    network: networks,
    subnet: subnets,
    router: routers,
    group: groups,
    server: servers,
  });
  const assignments = await session.list('identity', '/v3/role_assignments?include_names=true', 'role_assignments');
  const quotas = await quotasOf(session, things);
  const members = await membersOf(session, things);
  const ownLimits = await session.list('identity', '/v3/limits', 'limits');
  const ports = await session.list('network', '/v2.0/ports', 'ports');
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
    images: images.map((image) => imageOf(image, names)),
    networks: networks.map((network) => networkOf(network, things, names)),
    routers: routers.map((router) => routerOf(router, things, names, ports)),
    security_groups: groups
      .filter(({ name }) => name !== OWN_GROUP)
      .map((group) => securityGroupOf(group, things, names)),
    zones: things.zones.map(zoneOf),
    servers: servers.map((server) => serverOf(server, things, names, ports)),
  };
  const sections = Object.entries(seed).map(([section, list]) => [section, inOrder(list)] as const);
  return stringify(Object.fromEntries(sections.filter(([, list]) => list.length > 0)));
}

/** Without what belongs to projects of other domains, which a seed cannot name. */
function ownedThings(things: CloudThings): CloudThings {
  const owned = (list: readonly Body[]): readonly Body[] =>
    list.filter((one) => projectOf(one, things).project !== undefined);
  return {
    ...things,
    networks: owned(things.networks),
    subnets: owned(things.subnets),
    routers: owned(things.routers),
    security_groups: owned(things.security_groups),
    servers: owned(things.servers),
  };
}

/** An image with data has some again, if only none: servers can be built from it. */
function imageOf(image: Body, names: ExportNames): object {
  const { disk_format, container_format, min_disk, min_ram, visibility, status } = image;
  return {
    name: names.of(image),
    ...texts({ disk_format, container_format }),
    min_disk,
    min_ram,
    visibility,
    ...(status === 'active' && { data: '' }),
  };
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
  const specs = (flavor['extra_specs'] ?? {}) as Record<string, string>;
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
    ...(Object.keys(specs).length > 0 && { extra_specs: specs }),
  };
}
