import { setTimeout as sleep } from 'node:timers/promises';
import { IdentityOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { ApiRefusal, ApiSession, textIn } from './api-session.js';
import type { Body } from './api-session.js';
import type { CloudThings } from './cloud-names.js';
import type { SeedDocument, SeedGrant, SeedLimit, SeedRule, SeedSubnet } from './seed-document.js';
import { labelOf, ownerOf } from './seed-references.js';

const BUILD_MS = 60_000;
const LOOK_MS = 25;

type Section = keyof SeedDocument;

/** Number of created objects, by section. */
export type SeedCounts = Readonly<Partial<Record<Section, number>>>;

/** The position of the run when an API refuses a request. */
export interface SeedPosition {
  readonly section: Section;
  readonly index: number;
}

const idOf = (body: Body, member: string): string => textIn(body[member] as Body | undefined, 'id');

/** Creates the objects that a seed describes and the cloud does not have, in the order of their dependencies. */
export class SeedRun {
  readonly #config: Configuration;
  readonly #session: ApiSession;
  readonly #seed: SeedDocument;
  /** Ids by kind and name; for objects of projects also by project. */
  readonly #ids = new Map<string, string>();
  readonly #made: Partial<Record<Section, number>> = {};
  readonly #adminProject: string;
  /** Hosts that had a zone before. */
  readonly #zoned: readonly string[];
  position: SeedPosition = { section: 'roles', index: 0 };

  constructor(
    config: Configuration,
    session: ApiSession,
    seed: SeedDocument,
    things: CloudThings,
    adminProject: string,
  ) {
    this.#config = config;
    this.#session = session;
    this.#seed = seed;
    this.#adminProject = adminProject;
    this.#zoned = things.zones.flatMap(({ hosts }) => hosts as string[]);
    for (const [kind, list] of Object.entries(things) as [string, readonly Body[]][]) {
      for (const one of list) {
        const owner = one['project_id'] ?? one['tenant_id'];
        this.#ids.set(key(kind, String(one['name'])), String(one['id']));
        if (typeof owner === 'string') this.#ids.set(key(kind, String(one['name']), owner), String(one['id']));
      }
    }
  }

  /** Throws ApiRefusal; `position` then names the object. */
  async run(): Promise<SeedCounts> {
    await this.#each('roles', ({ name }) => async () => {
      return idOf(await this.#session.ask('identity', 'POST', '/v3/roles', { role: { name } }), 'role');
    });
    await this.#each('projects', ({ name, description, quotas }) => async () => {
      const project = { name, domain_id: 'default', ...(description !== undefined && { description }) };
      const id = idOf(await this.#session.ask('identity', 'POST', '/v3/projects', { project }), 'project');
      await this.#limit(id, quotas);
      return id;
    });
    await this.#each('users', ({ name, password, email, roles = [] }) => async () => {
      const user = {
        name,
        domain_id: 'default',
        ...(password !== undefined && { password }),
        ...(email !== undefined && { email }),
      };
      const id = idOf(await this.#session.ask('identity', 'POST', '/v3/users', { user }), 'user');
      await this.#grant(`users/${id}`, roles);
      return id;
    });
    await this.#each('groups', ({ name, description, users = [], roles }) => async () => {
      const group = { name, domain_id: 'default', ...(description !== undefined && { description }) };
      const id = idOf(await this.#session.ask('identity', 'POST', '/v3/groups', { group }), 'group');
      for (const user of users)
        await this.#session.ask('identity', 'PUT', `/v3/groups/${id}/users/${this.#id('users', user)}`);
      await this.#grant(`groups/${id}`, roles);
      return id;
    });
    await this.#each('limits', (limit) => () => this.#unifiedLimit(limit));
    await this.#each(
      'flavors',
      ({ public: isPublic = true, ephemeral = 0, id = 'auto', extra_specs, ...rest }) =>
        async () => {
          const flavor = {
            ...rest,
            id,
            'OS-FLV-EXT-DATA:ephemeral': ephemeral,
            'os-flavor-access:is_public': isPublic,
          };
          const made = idOf(await this.#session.ask('osapi_compute', 'POST', '/v2.1/flavors', { flavor }), 'flavor');
          if (extra_specs !== undefined)
            await this.#session.ask('osapi_compute', 'POST', `/v2.1/flavors/${made}/os-extra_specs`, { extra_specs });
          return made;
        },
    );
    await this.#each('images', ({ data, properties = {}, ...rest }) => async () => {
      const image = { disk_format: 'raw', container_format: 'bare', visibility: 'public', ...properties, ...rest };
      const { id } = await this.#session.ask('image', 'POST', '/v2/images', image);
      if (data !== undefined)
        await this.#session.ask('image', 'PUT', `/v2/images/${String(id)}/file`, Buffer.from(data));
      return String(id);
    });
    await this.#network();
    await this.#zones();
    await this.#servers();
    return this.#made;
  }

  async #network(): Promise<void> {
    const post = async (path: string, member: string, body: object): Promise<string> =>
      idOf(await this.#session.ask('network', 'POST', `/v2.0/${path}`, { [member]: body }), member);
    await this.#each(
      'networks',
      ({ name, project, external, default: isDefault, shared, subnets = [] }) =>
        async () => {
          const tenant = { project_id: this.#project(project) };
          const outside = { 'router:external': external ?? false, ...(isDefault === true && { is_default: true }) };
          const body = { name, ...tenant, ...outside, shared: shared ?? false };
          const id = await post('networks', 'network', body);
          for (const subnet of subnets) {
            const made = await post('subnets', 'subnet', { ...subnetBody(subnet), ...tenant, network_id: id });
            this.#ids.set(key('subnets', subnet.name), made);
            this.#ids.set(key('subnets', subnet.name, tenant.project_id), made);
          }
          return id;
        },
    );
    await this.#each('routers', ({ name, project, gateway, subnets = [] }) => async () => {
      const owner = this.#project(project);
      const external =
        gateway === undefined ? {} : { external_gateway_info: { network_id: this.#id('networks', gateway, owner) } };
      const id = await post('routers', 'router', { name, project_id: owner, ...external });
      for (const subnet of subnets) {
        const body = { subnet_id: this.#id('subnets', subnet, owner) };
        await this.#session.ask('network', 'PUT', `/v2.0/routers/${id}/add_router_interface`, body);
      }
      return id;
    });
    // Rules may refer to groups that come after their own.
    const made: { id: string; owner: string; index: number; rules: readonly SeedRule[] }[] = [];
    await this.#each('security_groups', ({ name, project, description = '', rules = [] }) => async () => {
      const owner = this.#project(project);
      const id = await post('security-groups', 'security_group', { name, description, project_id: owner });
      made.push({ id, owner, index: this.position.index, rules });
      return id;
    });
    for (const { id, owner, index, rules } of made) {
      this.position = { section: 'security_groups', index };
      for (const { remote_group: group, ...rule } of rules) {
        await post('security-group-rules', 'security_group_rule', {
          project_id: owner,
          ...ruleBody(rule),
          ...(group !== undefined && { remote_group_id: this.#id('security_groups', group, owner) }),
          security_group_id: id,
        });
      }
    }
  }

  /** Hosts are assigned to zones in the order of their names; those that have a zone keep it. */
  async #zones(): Promise<void> {
    if (this.#seed.zones === undefined) return;
    const zoned = new Set(this.#zoned);
    const hypervisors = await this.#session.list('osapi_compute', '/v2.1/os-hypervisors/detail', 'hypervisors');
    const free = hypervisors
      .map(({ service }) => textIn(service as Body, 'host'))
      .filter((host) => !zoned.has(host))
      .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    await this.#each('zones', ({ name, hosts = 1, metadata }) => async () => {
      const taken = free.splice(0, hosts);
      if (taken.length < hosts) {
        const text = `only ${taken.length} of ${hosts} hosts are left without a zone: the cloud has ${hypervisors.length} ([fake] hosts)`;
        throw new ApiRefusal(409, text);
      }
      const aggregate = { name, availability_zone: name };
      const made = await this.#session.ask('osapi_compute', 'POST', '/v2.1/os-aggregates', { aggregate });
      const { id } = made['aggregate'] as { id: number };
      const act = (body: object): Promise<Body> =>
        this.#session.ask('osapi_compute', 'POST', `/v2.1/os-aggregates/${id}/action`, body);
      for (const host of taken) await act({ add_host: { host } });
      if (metadata !== undefined) await act({ set_metadata: { metadata } });
      return String(id);
    });
  }

  /** Servers are created in their projects: the administrator gets a role there for that time. */
  async #servers(): Promise<void> {
    const made: { session: ApiSession; id: string; index: number }[] = [];
    const sessions = new Map<string, ApiSession>();
    await this.#each('servers', (server) => async () => {
      const session = await this.#sessionIn(server.project, sessions);
      const owner = this.#project(server.project);
      const body = {
        name: server.name,
        flavorRef: this.#id('flavors', server.flavor),
        imageRef: this.#id('images', server.image),
        networks: server.networks.map((network) => ({ uuid: this.#id('networks', network, owner) })),
        ...(server.zone !== undefined && { availability_zone: server.zone }),
        ...(server.metadata !== undefined && { metadata: server.metadata }),
        ...(server.security_groups !== undefined && {
          security_groups: server.security_groups.map((name) => ({ name })),
        }),
      };
      const id = idOf(await session.ask('osapi_compute', 'POST', '/v2.1/servers', { server: body }), 'server');
      made.push({ session, id, index: this.position.index });
      return id;
    });
    for (const { session, id, index } of made) {
      this.position = { section: 'servers', index };
      await untilActive(session, id);
    }
    for (const project of sessions.keys()) await this.#session.ask('identity', 'DELETE', this.#adminRole(project));
  }

  async #sessionIn(project: string | undefined, sessions: Map<string, ApiSession>): Promise<ApiSession> {
    if (project === undefined || this.#project(project) === this.#adminProject) return this.#session;
    const known = sessions.get(project);
    if (known !== undefined) return known;
    await this.#session.ask('identity', 'PUT', this.#adminRole(project));
    const session = await ApiSession.open(this.#config, project);
    sessions.set(project, session);
    return session;
  }

  #adminRole(project: string): string {
    const { adminUsername, adminRoleName } = this.#config.get(IdentityOptions);
    const user = this.#id('users', adminUsername);
    return `/v3/projects/${this.#id('projects', project)}/users/${user}/roles/${this.#id('roles', adminRoleName)}`;
  }

  async #limit(id: string, quotas: NonNullable<SeedDocument['projects']>[number]['quotas']): Promise<void> {
    if (quotas?.compute !== undefined) {
      await this.#session.ask('osapi_compute', 'PUT', `/v2.1/os-quota-sets/${id}`, { quota_set: quotas.compute });
    }
    if (quotas?.network !== undefined) {
      await this.#session.ask('network', 'PUT', `/v2.0/quotas/${id}`, { quota: quotas.network });
    }
  }

  async #grant(holder: string, grants: readonly SeedGrant[] = []): Promise<void> {
    for (const { project, role } of grants) {
      const path = `/v3/projects/${this.#id('projects', project)}/${holder}/roles/${this.#id('roles', role)}`;
      await this.#session.ask('identity', 'PUT', path);
    }
  }

  async #unifiedLimit({ name, service, region, default: common, projects = {} }: SeedLimit): Promise<string> {
    const about = {
      service_id: this.#id('services', service),
      resource_name: name,
      ...(region !== undefined && { region_id: region }),
    };
    const registered_limits = [{ ...about, default_limit: common }];
    const made = await this.#session.ask('identity', 'POST', '/v3/registered_limits', { registered_limits });
    const limits = Object.entries(projects).map(([project, limit]) => ({
      ...about,
      project_id: this.#id('projects', project),
      resource_limit: limit,
    }));
    if (limits.length > 0) await this.#session.ask('identity', 'POST', '/v3/limits', { limits });
    return textIn((made['registered_limits'] as Body[])[0], 'id');
  }

  /** Creates each object of a section that does not exist yet. */
  async #each<S extends Section>(
    section: S,
    make: (one: NonNullable<SeedDocument[S]>[number]) => () => Promise<string>,
  ): Promise<void> {
    for (const [index, one] of (this.#seed[section] ?? []).entries()) {
      this.position = { section, index };
      const isOwned = ['networks', 'routers', 'security_groups', 'servers'].includes(section);
      const owner = isOwned ? this.#project(ownerOf(one)) : undefined;
      const label = labelOf(one);
      if (this.#ids.has(key(section, label, owner))) continue;
      const id = await make(one)();
      this.#ids.set(key(section, label), id);
      if (owner !== undefined) this.#ids.set(key(section, label, owner), id);
      this.#made[section] = (this.#made[section] ?? 0) + 1;
    }
  }

  #project(name: string | undefined): string {
    return name === undefined ? this.#adminProject : this.#id('projects', name);
  }

  /** An object of the project itself is found first. */
  #id(kind: string, name: string, owner?: string): string {
    const id = this.#ids.get(key(kind, name, owner)) ?? this.#ids.get(key(kind, name));
    if (id === undefined) throw new ApiRefusal(400, `no ${kind} named ${name}`);
    return id;
  }
}

function key(kind: string, name: string, owner?: string): string {
  return JSON.stringify(owner === undefined ? [kind, name] : [kind, name, owner]);
}

function subnetBody({ cidr, dhcp = true, dns = [], gateway, pools, routes, ...rest }: SeedSubnet): object {
  return {
    ...rest,
    cidr,
    ip_version: cidr.includes(':') ? 6 : 4,
    enable_dhcp: dhcp,
    dns_nameservers: dns,
    ...(gateway !== undefined && { gateway_ip: gateway }),
    ...(pools !== undefined && {
      allocation_pools: pools.map((pool) => {
        const [start, end] = pool.split('-');
        return { start, end };
      }),
    }),
    ...(routes !== undefined && {
      host_routes: Object.entries(routes).map(([destination, nexthop]) => ({ destination, nexthop })),
    }),
  };
}

function ruleBody({ direction = 'ingress', ethertype = 'IPv4', protocol, ports, remote }: SeedRule): object {
  const [first, last = first] = ports === undefined ? [] : String(ports).split('-').map(Number);
  return {
    direction,
    ethertype,
    ...(protocol !== undefined && { protocol }),
    ...(first !== undefined && { port_range_min: first, port_range_max: last }),
    ...(remote !== undefined && { remote_ip_prefix: remote }),
  };
}

async function untilActive(session: ApiSession, id: string): Promise<void> {
  const until = performance.now() + BUILD_MS;
  for (;;) {
    const { server } = (await session.ask('osapi_compute', 'GET', `/v2.1/servers/${id}`)) as {
      server: { status: string; fault?: { message: string } };
    };
    if (server.status === 'ACTIVE') return;
    if (server.status === 'ERROR') throw new ApiRefusal(409, `went to ERROR: ${server.fault?.message ?? ''}`);
    if (performance.now() > until) throw new ApiRefusal(504, `was ${server.status} after ${BUILD_MS / 1000} s`);
    await sleep(LOOK_MS);
  }
}
