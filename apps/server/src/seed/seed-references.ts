import type { Path } from '#libs/simulation';
import { SECTIONS } from './seed-document.js';
import type { CheckedSeed, SeedDocument, SeedGrant, SeedNetwork } from './seed-document.js';

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

type Section = (typeof SECTIONS)[number];
type Entry<S extends Section> = NonNullable<SeedDocument[S]>[number];

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The texts under `name` in a list, whatever else is in it. */
function namesIn(list: unknown): string[] {
  return listIn(list).flatMap((one) => (hasName(one) && typeof one.name === 'string' ? [one.name] : []));
}

function hasName(one: unknown): one is { readonly name: unknown } {
  return typeof one === 'object' && one !== null && 'name' in one;
}

/**
 * Throws DocumentError with all faults: those of the form, and of the entries without such a fault every name that
 * exists neither in the seed nor in the cloud, and duplicates.
 */
export function checkReferences({ source, seed }: CheckedSeed, known: KnownNames): void {
  const sound = new Map(SECTIONS.map((section) => [section, soundEntries(section)] as const));
  function soundEntries<S extends Section>(section: S): [number, Entry<S>][] {
    const list: readonly unknown[] = listIn(seed[section]);
    return [...list.entries()].filter(([at]) => source.isSound([section, at])) as [number, Entry<S>][];
  }
  const entriesOf = <S extends Section>(section: S): [number, Entry<S>][] => sound.get(section) as [number, Entry<S>][];
  const names = (section: Section): ReadonlySet<string> => new Set([...known[section], ...namesIn(seed[section])]);
  const projects = names('projects');
  const networks = names('networks');
  const own = listIn(seed.networks).flatMap((network) => namesIn((network as SeedNetwork | null)?.subnets));
  const subnets = new Set([...known.subnets, ...own]);
  const need = (path: Path, wanted: string | undefined, kind: string, among: ReadonlySet<string>): void => {
    if (wanted !== undefined && !among.has(wanted)) source.fault(path, `no ${kind} is named ${JSON.stringify(wanted)}`);
  };
  for (const section of SECTIONS) {
    const seen = new Set<string>();
    for (const [at, one] of entriesOf(section)) {
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
  for (const [at, user] of entriesOf('users')) needGrants(['users', at], user.roles);
  for (const [at, group] of entriesOf('groups')) {
    needGrants(['groups', at], group.roles);
    for (const [nth, user] of (group.users ?? []).entries())
      need(['groups', at, 'users', nth], user, 'user', names('users'));
  }
  for (const [at, limit] of entriesOf('limits')) {
    need(['limits', at, 'service'], limit.service, 'service', known.services);
    for (const project of Object.keys(limit.projects ?? {}))
      need(['limits', at, 'projects', project], project, 'project', projects);
  }
  for (const [at, { gateway, subnets: wanted = [] }] of entriesOf('routers')) {
    need(['routers', at, 'gateway'], gateway, 'network', networks);
    for (const [nth, one] of wanted.entries()) need(['routers', at, 'subnets', nth], one, 'subnet', subnets);
  }
  // Every project has one named default.
  const groups = new Set([...names('security_groups'), 'default']);
  for (const [at, { rules = [] }] of entriesOf('security_groups')) {
    for (const [nth, { remote_group: group }] of rules.entries())
      need(['security_groups', at, 'rules', nth, 'remote_group'], group, 'security group', groups);
  }
  for (const [at, server] of entriesOf('servers')) {
    need(['servers', at, 'flavor'], server.flavor, 'flavor', names('flavors'));
    need(['servers', at, 'image'], server.image, 'image', names('images'));
    need(['servers', at, 'zone'], server.zone, 'zone', names('zones'));
    for (const [nth, one] of server.networks.entries())
      need(['servers', at, 'networks', nth], one, 'network', networks);
    for (const [nth, one] of (server.security_groups ?? []).entries())
      need(['servers', at, 'security_groups', nth], one, 'security group', groups);
  }
  source.settle();
}
