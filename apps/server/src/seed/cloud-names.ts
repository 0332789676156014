import type { ApiSession, Body } from './api-session.js';
import { labelOf } from './seed-references.js';
import type { KnownNames } from './seed-references.js';

/** The objects of a cloud, by kind, as its APIs list them for the administrator; of identity those of the first domain. */
export interface CloudThings {
  readonly projects: readonly Body[];
  readonly users: readonly Body[];
  readonly groups: readonly Body[];
  readonly roles: readonly Body[];
  /** By their types. */
  readonly services: readonly Body[];
  /** Registered limits, under their labels. */
  readonly limits: readonly Body[];
  readonly flavors: readonly Body[];
  readonly images: readonly Body[];
  readonly networks: readonly Body[];
  readonly subnets: readonly Body[];
  readonly routers: readonly Body[];
  readonly security_groups: readonly Body[];
  /** Aggregates that give their hosts a zone, under its name. */
  readonly zones: readonly Body[];
  readonly servers: readonly Body[];
}

export async function lookAround(session: ApiSession): Promise<CloudThings> {
  const identity = await lookAtIdentity(session);
  const [flavors, images, networks, subnets, routers, groups, aggregates, servers] = await Promise.all([
    session.list('osapi_compute', '/v2.1/flavors/detail?is_public=None', 'flavors'),
    session.list('image', '/v2/images', 'images'),
    session.list('network', '/v2.0/networks', 'networks'),
    session.list('network', '/v2.0/subnets', 'subnets'),
    session.list('network', '/v2.0/routers', 'routers'),
    session.list('network', '/v2.0/security-groups', 'security_groups'),
    session.list('osapi_compute', '/v2.1/os-aggregates', 'aggregates'),
    session.list('osapi_compute', '/v2.1/servers/detail?all_tenants=1', 'servers'),
  ]);
  const zones = aggregates.flatMap((aggregate) =>
    typeof aggregate['availability_zone'] === 'string' ? [{ ...aggregate, name: aggregate['availability_zone'] }] : [],
  );
  const things = { ...identity, flavors, images, networks, subnets, routers, zones, servers };
  return { ...things, security_groups: groups };
}

type IdentityThings = Pick<CloudThings, 'projects' | 'users' | 'groups' | 'roles' | 'services' | 'limits'>;

async function lookAtIdentity(session: ApiSession): Promise<IdentityThings> {
  const [projects, users, groups, roles, services, registered] = await Promise.all([
    session.list('identity', '/v3/projects?domain_id=default', 'projects'),
    session.list('identity', '/v3/users?domain_id=default', 'users'),
    session.list('identity', '/v3/groups?domain_id=default', 'groups'),
    session.list('identity', '/v3/roles', 'roles'),
    session.list('identity', '/v3/services', 'services'),
    session.list('identity', '/v3/registered_limits', 'registered_limits'),
  ]);
  const typeOf = new Map(services.map(({ id, type }) => [id, String(type)]));
  const limits = registered.map((limit) => {
    const { resource_name: name, service_id: service, region_id: region } = limit as Record<string, string | null>;
    const named = { name: name ?? '', service: typeOf.get(service) ?? '', ...(region !== null && { region }) };
    return { ...limit, ...named, name: labelOf(named) };
  });
  const byType = services.map((service) => ({ ...service, name: service['type'] }));
  return { projects, users, groups, roles, services: byType, limits };
}

export function namesOf(things: CloudThings): KnownNames {
  const entries = Object.entries(things) as [keyof CloudThings, readonly Body[]][];
  return Object.fromEntries(
    entries.map(([kind, list]) => [kind, new Set(list.map((one) => String(one['name'])))]),
  ) as unknown as KnownNames;
}
