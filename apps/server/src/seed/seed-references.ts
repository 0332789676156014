import type { Path } from '#libs/simulation';
import { SECTIONS } from './seed-document.js';
import type { SeedGrant, readSeed } from './seed-document.js';

/** Names that already exist in a cloud, by section. */
export type KnownNames = Readonly<Record<(typeof SECTIONS)[number] | 'subnets' | 'services', ReadonlySet<string>>>;

/** A label that is unique in its section: the name; for a limit with its service and region. */
export function labelOf(one: { readonly name: string; readonly service?: string; readonly region?: string }): string {
  return one.service === undefined ? one.name : JSON.stringify([one.name, one.service, one.region ?? null]);
}

/** The project that an object names as its owner. */
export function ownerOf(one: { readonly name: string; readonly project?: string }): string | undefined {
  return one.project;
}

/** Throws DocumentError with every name that exists neither in the seed nor in the cloud, and with duplicates. */
export function checkReferences({ source, seed }: ReturnType<typeof readSeed>, known: KnownNames): void {
  const names = (section: (typeof SECTIONS)[number]): ReadonlySet<string> =>
    new Set([...known[section], ...(seed[section] ?? []).map((one) => one.name)]);
  const projects = names('projects');
  const networks = names('networks');
  const own = (seed.networks ?? []).flatMap((network) => (network.subnets ?? []).map((subnet) => subnet.name));
  const subnets = new Set([...known.subnets, ...own]);
  const need = (path: Path, wanted: string | undefined, kind: string, among: ReadonlySet<string>): void => {
    if (wanted !== undefined && !among.has(wanted)) source.fault(path, `no ${kind} is named ${JSON.stringify(wanted)}`);
  };
  for (const section of SECTIONS) {
    const seen = new Set<string>();
    for (const [at, one] of (seed[section] ?? []).entries()) {
      const owner = ownerOf(one);
      need([section, at, 'project'], owner, 'project', projects);
      const key = JSON.stringify([owner, labelOf(one)]);
      if (seen.has(key)) source.fault([section, at, 'name'], `is there twice in ${section}`);
      seen.add(key);
    }
  }
  const roles = names('roles');
  const needGrants = (path: Path, grants: readonly SeedGrant[] = []): void => {
    for (const [nth, { project, role }] of grants.entries()) {
      need([...path, 'roles', nth, 'project'], project, 'project', projects);
      need([...path, 'roles', nth, 'role'], role, 'role', roles);
    }
  };
  for (const [at, user] of (seed.users ?? []).entries()) needGrants(['users', at], user.roles);
  for (const [at, group] of (seed.groups ?? []).entries()) {
    needGrants(['groups', at], group.roles);
    for (const [nth, user] of (group.users ?? []).entries())
      need(['groups', at, 'users', nth], user, 'user', names('users'));
  }
  for (const [at, limit] of (seed.limits ?? []).entries()) {
    need(['limits', at, 'service'], limit.service, 'service', known.services);
    for (const project of Object.keys(limit.projects ?? {}))
      need(['limits', at, 'projects', project], project, 'project', projects);
  }
  for (const [at, { gateway, subnets: wanted = [] }] of (seed.routers ?? []).entries()) {
    need(['routers', at, 'gateway'], gateway, 'network', networks);
    for (const [nth, one] of wanted.entries()) need(['routers', at, 'subnets', nth], one, 'subnet', subnets);
  }
  for (const [at, server] of (seed.servers ?? []).entries()) {
    need(['servers', at, 'flavor'], server.flavor, 'flavor', names('flavors'));
    need(['servers', at, 'image'], server.image, 'image', names('images'));
    need(['servers', at, 'zone'], server.zone, 'zone', names('zones'));
    for (const [nth, one] of server.networks.entries())
      need(['servers', at, 'networks', nth], one, 'network', networks);
  }
  source.settle();
}
