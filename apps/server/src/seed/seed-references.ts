import type { Path } from '#libs/simulation';
import { SECTIONS } from './seed-document.js';
import type { readSeed } from './seed-document.js';

/** Names that a cloud has already, by section. */
export type KnownNames = Readonly<Record<(typeof SECTIONS)[number] | 'subnets' | 'roles', ReadonlySet<string>>>;

/** Throws DocumentError with every name that is neither in the seed nor in the cloud, and with those given twice. */
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
      const owner = 'project' in one ? one.project : undefined;
      need([section, at, 'project'], owner, 'project', projects);
      const key = JSON.stringify([owner, one.name]);
      if (seen.has(key)) source.fault([section, at, 'name'], `is there twice in ${section}`);
      seen.add(key);
    }
  }
  for (const [at, { roles = [] }] of (seed.users ?? []).entries()) {
    for (const [nth, { project, role }] of roles.entries()) {
      need(['users', at, 'roles', nth, 'project'], project, 'project', projects);
      need(['users', at, 'roles', nth, 'role'], role, 'role', known.roles);
    }
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
