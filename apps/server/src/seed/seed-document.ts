import { isIP } from 'node:net';
import { YamlSource, checks } from '#libs/simulation';
import { parseCidr } from '../../../worker/src/network/ipam/address.js';

/** A cloud as a file describes it. Objects refer to each other by name; an existing object is left unchanged. */
export interface SeedDocument {
  readonly roles?: readonly SeedRole[];
  readonly projects?: readonly SeedProject[];
  readonly users?: readonly SeedUser[];
  readonly groups?: readonly SeedGroup[];
  readonly limits?: readonly SeedLimit[];
  readonly flavors?: readonly SeedFlavor[];
  readonly images?: readonly SeedImage[];
  readonly networks?: readonly SeedNetwork[];
  readonly routers?: readonly SeedRouter[];
  readonly security_groups?: readonly SeedSecurityGroup[];
  readonly zones?: readonly SeedZone[];
  readonly servers?: readonly SeedServer[];
}

/** Objects without `project` belong to the administrator's project. */
interface Owned {
  readonly name: string;
  readonly project?: string;
}

export interface SeedRole {
  readonly name: string;
}
export interface SeedProject {
  readonly name: string;
  readonly description?: string;
  /** Limits by the API's own names; -1 for none. */
  readonly quotas?: {
    readonly compute?: Readonly<Record<string, number>>;
    readonly network?: Readonly<Record<string, number>>;
  };
}
export interface SeedGrant {
  readonly project: string;
  readonly role: string;
}
export interface SeedUser {
  readonly name: string;
  readonly password?: string;
  readonly email?: string;
  readonly roles?: readonly SeedGrant[];
}
export interface SeedGroup {
  readonly name: string;
  readonly description?: string;
  readonly users?: readonly string[];
  readonly roles?: readonly SeedGrant[];
}
/** A registered limit of keystone, and the limits of projects that differ from it. */
export interface SeedLimit {
  /** The name of the resource, as `image_count_total`. */
  readonly name: string;
  /** The type of the service, as `image`. */
  readonly service: string;
  readonly region?: string;
  /** The limit of projects that are not named. */
  readonly default: number;
  /** By name; -1 for none. */
  readonly projects?: Readonly<Record<string, number>>;
}
export interface SeedFlavor {
  readonly name: string;
  readonly id?: string;
  readonly vcpus: number;
  /** MiB. */
  readonly ram: number;
  /** GiB. */
  readonly disk: number;
  readonly ephemeral?: number;
  /** MiB. */
  readonly swap?: number;
  readonly public?: boolean;
  readonly extra_specs?: Readonly<Record<string, string>>;
}
export interface SeedImage {
  readonly name: string;
  readonly disk_format?: string;
  readonly container_format?: string;
  readonly min_disk?: number;
  readonly min_ram?: number;
  readonly visibility?: string;
  readonly properties?: Readonly<Record<string, string>>;
  /** The content; without it the image is queued. */
  readonly data?: string;
}
export interface SeedSubnet {
  readonly name: string;
  readonly cidr: string;
  readonly gateway?: string | null;
  readonly dhcp?: boolean;
  readonly dns?: readonly string[];
  /** Ranges that ports get their addresses from, as 10.0.0.10-10.0.0.20. */
  readonly pools?: readonly string[];
  /** Next hops of guests, by prefix. */
  readonly routes?: Readonly<Record<string, string>>;
  readonly ipv6_ra_mode?: string;
  readonly ipv6_address_mode?: string;
}
export interface SeedNetwork extends Owned {
  readonly external?: boolean;
  /** The external network of automatic topologies. */
  readonly default?: boolean;
  readonly shared?: boolean;
  readonly subnets?: readonly SeedSubnet[];
}
export interface SeedRouter extends Owned {
  /** An external network. */
  readonly gateway?: string;
  readonly subnets?: readonly string[];
}
export interface SeedRule {
  readonly direction?: 'ingress' | 'egress';
  readonly ethertype?: 'IPv4' | 'IPv6';
  readonly protocol?: string;
  /** `22` or `8000-8080`. */
  readonly ports?: string | number;
  /** A CIDR prefix. */
  readonly remote?: string;
  /** A security group, whose servers are meant; in place of `remote`. */
  readonly remote_group?: string;
}
export interface SeedSecurityGroup extends Owned {
  readonly description?: string;
  readonly rules?: readonly SeedRule[];
}
/** A compute availability zone: an aggregate of that name with some of the cloud's hosts, which are all alike. */
export interface SeedZone {
  readonly name: string;
  /** How many. @default 1 */
  readonly hosts?: number;
  /** Metadata of the aggregate. */
  readonly metadata?: Readonly<Record<string, string>>;
}
export interface SeedServer extends Owned {
  readonly flavor: string;
  readonly image: string;
  readonly networks: readonly string[];
  readonly security_groups?: readonly string[];
  readonly zone?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export const SECTIONS = [
  'roles',
  'projects',
  'users',
  'groups',
  'limits',
  'flavors',
  'images',
  'networks',
  'routers',
  'security_groups',
  'zones',
  'servers',
] as const;

const { flag, integer, listOf, mapOf, mapping, matching, oneOf, required, text } = checks;
const name = required(matching(/^.{1,255}$/su, 'a name of 1 to 255 characters'));
const prefix: typeof text = (source, path, value) => {
  if (typeof value === 'string' && parseCidr(value) !== null) return;
  source.fault(path, `expected a prefix as 10.0.0.0/24, found ${JSON.stringify(value)}`);
};
const address: typeof text = (source, path, value) => {
  if (typeof value !== 'string' || isIP(value) === 0) source.fault(path, 'expected an address');
};
const range: typeof text = (source, path, value) => {
  const ends = typeof value === 'string' ? value.split('-') : [];
  if (ends.length !== 2 || ends.some((end) => isIP(end) === 0))
    source.fault(path, 'expected two addresses as 10.0.0.2-10.0.0.9');
};
const MODES = ['slaac', 'dhcpv6-stateful', 'dhcpv6-stateless'];
const owned = { name, project: text };
const limits = mapOf(integer(-1));
const grants = listOf(mapping({ project: required(text), role: required(text) }));

const CHECKS: Readonly<Record<(typeof SECTIONS)[number], typeof text>> = {
  roles: mapping({ name }),
  projects: mapping({ name, description: text, quotas: mapping({ compute: limits, network: limits }) }),
  users: mapping({ name, password: text, email: text, roles: grants }),
  groups: mapping({ name, description: text, users: listOf(text), roles: grants }),
  limits: mapping({
    name,
    service: required(text),
    region: text,
    default: required(integer(-1)),
    projects: limits,
  }),
  flavors: mapping({
    name,
    id: text,
    vcpus: required(integer(1)),
    ram: required(integer(1)),
    disk: required(integer(0)),
    ephemeral: integer(0),
    swap: integer(0),
    public: flag,
    extra_specs: mapOf(text),
  }),
  images: mapping({
    name,
    disk_format: text,
    container_format: text,
    min_disk: integer(0),
    min_ram: integer(0),
    visibility: oneOf(['public', 'private', 'shared', 'community']),
    properties: mapOf(text),
    data: (source, path, value) => {
      if (value !== '') text(source, path, value);
    },
  }),
  networks: mapping({
    ...owned,
    external: flag,
    default: flag,
    shared: flag,
    subnets: listOf(
      mapping({
        name,
        cidr: required(prefix),
        gateway: (source, path, value) => {
          if (value !== null) address(source, path, value);
        },
        dhcp: flag,
        dns: listOf(address),
        pools: listOf(range),
        routes: mapOf(address),
        ipv6_ra_mode: oneOf(MODES),
        ipv6_address_mode: oneOf(MODES),
      }),
    ),
  }),
  routers: mapping({ ...owned, gateway: text, subnets: listOf(text) }),
  security_groups: mapping({
    ...owned,
    description: text,
    rules: listOf(
      mapping({
        direction: oneOf(['ingress', 'egress']),
        ethertype: oneOf(['IPv4', 'IPv6']),
        protocol: text,
        ports: (source, path, value) => {
          const ports = String(value);
          if (/^\d{1,5}(-\d{1,5})?$/.test(ports) && ports.split('-').every((port) => Number(port) <= 65_535)) return;
          source.fault(path, 'expected a port up to 65535, or two as 8000-8080');
        },
        remote: prefix,
        remote_group: text,
      }),
    ),
  }),
  zones: mapping({
    name: required(matching(/^[^\s:/][^:/]{0,253}$/u, 'a name of 1 to 254 characters without : and /')),
    hosts: integer(1, 1000),
    metadata: mapOf(text),
  }),
  servers: mapping({
    ...owned,
    flavor: required(text),
    image: required(text),
    networks: required(listOf(text)),
    security_groups: listOf(text),
    zone: text,
    metadata: mapOf(text),
  }),
};

/** A seed whose form has been checked; the source has its faults. */
export interface CheckedSeed {
  readonly source: YamlSource;
  readonly seed: SeedDocument;
}

/**
 * Reads a seed and checks its form. Its references are checked by `checkReferences` (seed-references.ts), against
 * itself and the cloud, which throws the faults of both. Throws DocumentError if the file is no mapping.
 */
export function checkForm(text_: string, file: string): CheckedSeed {
  const source = new YamlSource(text_, file);
  source.settle();
  const sections = Object.fromEntries(SECTIONS.map((section) => [section, listOf(CHECKS[section])]));
  const value = source.value ?? {};
  mapping(sections)(source, [], value);
  if (typeof value !== 'object' || Array.isArray(value)) source.settle();
  return { source, seed: value };
}

/** Throws DocumentError with all faults of the form. */
export function readSeed(text_: string, file: string): SeedDocument {
  const { source, seed } = checkForm(text_, file);
  source.settle();
  return seed;
}

/** How many hosts the zones of a seed need; 0 without zones. Throws DocumentError. */
export function hostsOf(text_: string, file: string): number {
  return (readSeed(text_, file).zones ?? []).reduce((sum, { hosts = 1 }) => sum + hosts, 0);
}
