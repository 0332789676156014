import type { ApiSession, Body } from './api-session.js';
import type { KnownNames } from './seed-references.js';

/** What a cloud has, by kind, as its APIs list it for the administrator. */
export interface CloudThings {
  readonly projects: readonly Body[];
  readonly users: readonly Body[];
  readonly roles: readonly Body[];
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
  const [projects, users, roles, flavors, images, networks, subnets, routers, groups, aggregates, servers] =
    await Promise.all([
      session.list('identity', '/v3/projects', 'projects'),
      session.list('identity', '/v3/users', 'users'),
      session.list('identity', '/v3/roles', 'roles'),
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
  const things = { projects, users, roles, flavors, images, networks, subnets, routers, zones, servers };
  return { ...things, security_groups: groups };
}

export function namesOf(things: CloudThings): KnownNames {
  const entries = Object.entries(things) as [keyof CloudThings, readonly Body[]][];
  return Object.fromEntries(
    entries.map(([kind, list]) => [kind, new Set(list.map((one) => String(one['name'])))]),
  ) as unknown as KnownNames;
}
