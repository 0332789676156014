import { randomBytes, randomUUID } from 'node:crypto';
import { resourceRule } from '#libs/contracts';
import type { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { delegation } from './foreign-requests.js';
import {
  collectionOf,
  createBody,
  identityDeclarations,
  nestedDeclarations,
  rootDeclarations,
} from './declared-bodies.js';
import { COMPUTE_VERSION } from './target.js';
import type { Target, Tenant, Victim } from './target.js';

type Row = Readonly<Record<string, unknown>>;

/** What a victim is made with: a whole target, or a cloud in this process. */
type Maker = Pick<Target, 'admin' | 'tenant'>;

/** Makes one; its server is ACTIVE. */
export async function makeVictim(target: Maker): Promise<Victim> {
  const marker = `marker${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const tenant = await target.tenant(`victim-${marker}`);
  const cloud = new Cloud(tenant.client);
  const network = await cloud.createNetwork(marker, '10.77.0.0/24');
  const { client } = tenant;
  const routed = await makeRouted(target, client, marker, network);
  const subnets = await client.expect(200, 'network', 'GET', `/v2.0/subnets?network_id=${network}&ip_version=4`);
  const port = await client.expect(201, 'network', 'POST', '/v2.0/ports', {
    // Ports of servers alone have bindings.
    body: { port: { network_id: network, name: marker, device_owner: 'compute:nova' } },
  });
  await client.expect(201, 'osapi_compute', 'POST', '/v2.1/os-keypairs', {
    headers: COMPUTE_VERSION,
    body: { keypair: { name: marker } },
  });
  const image = await cloud.imageId();
  const server = await cloud.createServer(marker, network, image, {
    metadata: { secret: marker },
    user_data: Buffer.from(marker).toString('base64'),
    key_name: marker,
  });
  await cloud.untilStatus(server, 'ACTIVE');
  const made = async (kind: string): Promise<string> => {
    const body = { [kind]: { name: marker } };
    return idOf((await target.admin.expect(201, 'identity', 'POST', `/v3/${kind}s`, { body }))[kind] as Row);
  };
  const ids: Record<string, string> = {
    servers: server,
    // One that is still there when the other route has deleted its own.
    'os-volumes_boot': await cloud.createServer(marker, network, image),
    networks: network,
    subnets: idOf((subnets['subnets'] as Row[])[0]),
    ports: idOf(port['port'] as Row),
    'os-keypairs': marker,
    images: await sharedImage(client, marker, tenant.project),
    members: tenant.project,
    users: tenant.user,
    projects: tenant.project,
    'os-quota-sets': tenant.project,
    quotas: tenant.project,
    domains: await made('domain'),
    roles: await made('role'),
    ...routed,
  };
  // Of resources that only administrators make, the victim's are in its project all the same.
  const project = { project_id: tenant.project };
  const isMissing = ({ path, operations }: (typeof rootDeclarations)[number]): boolean =>
    ids[path] === undefined && operations.has('create');
  for (const declaration of rootDeclarations.filter(isMissing)) {
    const path = `/v2.0/${declaration.path}`;
    // What is the cloud's everybody may see.
    const text = declaration.byName.get('project_id')?.visible === true ? marker : marker.slice(-6);
    const own = await client.request('network', 'POST', path, { body: createBody(declaration, ids, {}, text) });
    const prefix = declaration.byName.has('remote_ip_prefix') ? { remote_ip_prefix: someHost() } : {};
    const more = { ...(declaration.byName.has('project_id') ? project : {}), ...prefix };
    const body = createBody(declaration, ids, more, text);
    const made = own.status === 201 ? own.json : await target.admin.expect(201, 'network', 'POST', path, { body });
    ids[declaration.path] = idOf(made[declaration.singular] as Row);
    ids[declaration.path.split('/').at(-1) ?? ''] = idOf(made[declaration.singular] as Row);
  }
  const service = await target.tenant(`${marker}-service`, 'service');
  for (const declaration of nestedDeclarations) {
    const isForServices = declaration.rules.some(
      ([name, check]) => name === resourceRule(declaration, 'create') && check === 'rule:service_api',
    );
    const maker = isForServices ? service.client : target.admin;
    const path = `/v2.0/${declaration.path.replace(':parent_id', ids[declaration.parent?.declaration.path ?? ''] ?? '')}`;
    const made = await maker.expect(201, 'network', 'POST', path, { body: createBody(declaration, ids) });
    ids[collectionOf(declaration)] = String((made[declaration.singular] as Row)[declaration.key ?? 'id']);
  }
  for (const declaration of identityDeclarations) {
    // What is a user's or a domain's has the marker; the rest is the cloud's, which everybody may see.
    const isOwned = ['user_id', 'domain_id'].some((name) => declaration.byName.has(name));
    const owner = {
      ...(declaration.byName.has('user_id') ? { user_id: tenant.user } : {}),
      ...(declaration.byName.has('project_id') ? { project_id: tenant.project } : {}),
    };
    const body = createBody(declaration, ids, owner, isOwned ? marker : marker.slice(-6));
    const path = `/v3/${declaration.path}`;
    const made = await target.admin.expect(201, 'identity', 'POST', path, { body });
    const found = made[declaration.singular] ?? (made[declaration.plural] as Row[])[0];
    ids[collectionOf(declaration)] = idOf(found as Row);
  }
  ids['implies'] = ids['roles'] ?? '';
  const acted = await client.expect(200, 'osapi_compute', 'GET', `/v2.1/servers/${server}/os-instance-actions`);
  ids['os-instance-actions'] = String((acted['instanceActions'] as Row[])[0]?.['request_id']);
  Object.assign(ids, await keptByName(target, tenant, marker));
  const agents = await target.admin.expect(200, 'network', 'GET', '/v2.0/agents');
  ids['agents'] = idOf((agents['agents'] as Row[])[0]);
  const hypervisors = await target.admin.expect(200, 'osapi_compute', 'GET', '/v2.1/os-hypervisors');
  // What nova's proxies of the network have in their paths.
  Object.assign(ids, {
    'os-security-groups': ids['security-groups'],
    'os-security-group-rules': ids['security-group-rules'],
    'os-floating-ips': ids['floatingips'],
    'os-networks': network,
    'os-tenant-networks': network,
    'os-hypervisors': String((hypervisors['hypervisors'] as Row[])[0]?.['id']),
  });
  return { tenant, marker, ids, look: () => look(target, ids) };
}

/** What no declaration makes: delegations, metadata definitions, an aggregate, a part of a domain's configuration. */
async function keptByName({ admin }: Maker, tenant: Tenant, marker: string): Promise<Readonly<Record<string, string>>> {
  const { client, user, project } = tenant;
  const trust = { trust: delegation(tenant) };
  const trusted = await client.expect(201, 'identity', 'POST', '/v3/OS-TRUST/trusts', { body: trust });
  const keys = await client.expect(201, 'identity', 'POST', `/v3/users/${user}/credentials/OS-EC2`, {
    body: { tenant_id: project },
  });
  const aggregate = await admin.expect(200, 'osapi_compute', 'POST', '/v2.1/os-aggregates', {
    body: { aggregate: { name: marker.slice(-6) } },
  });
  const part = { name: marker };
  const namespace = {
    namespace: marker,
    owner: project,
    objects: [part],
    properties: { [marker]: { title: marker, type: 'string' } },
    tags: [part],
    // A name of its own would be everybody's to see, as in glance: types belong to nobody.
    resource_type_associations: [{ name: 'OS::Nova::Server' }],
  };
  await admin.expect(201, 'image', 'POST', '/v2/metadefs/namespaces', { body: namespace });
  return {
    trusts: idOf(trusted['trust'] as Row),
    'OS-EC2': String((keys['credential'] as Row)['access']),
    'os-aggregates': idOf(aggregate['aggregate'] as Row),
    ...Object.fromEntries(['namespaces', 'objects', 'properties', 'tags'].map((name) => [name, marker])),
    config: 'security_compliance',
    options: 'password_regex',
  };
}

/** An image of the victim's, which it shares with itself alone. */
async function sharedImage(client: ApiClient, name: string, member: string): Promise<string> {
  const body = { name, visibility: 'shared', container_format: 'bare', disk_format: 'raw' };
  const { id } = await client.expect(201, 'image', 'POST', '/v2/images', { body });
  await client.expect(200, 'image', 'POST', `/v2/images/${String(id)}/members`, { body: { member } });
  return String(id);
}

/** An address that no other victim has a rule for. */
function someHost(): string {
  return `10.${[...randomBytes(3)].join('.')}/32`;
}

/**
 * A network that everybody sees, and a router of the tenant's that joins its network to it: floating IPs, forwardings and
 * NDP proxies of the tenant's ports are possible.
 */
async function makeRouted(
  { admin }: Maker,
  client: ApiClient,
  marker: string,
  inside: string,
): Promise<Readonly<Record<string, string>>> {
  const make = async (who: ApiClient, path: string, kind: string, body: Row): Promise<string> =>
    idOf((await who.expect(201, 'network', 'POST', `/v2.0/${path}`, { body: { [kind]: body } }))[kind] as Row);
  const name = marker.slice(-6);
  const scope = await make(admin, 'address-scopes', 'address_scope', { name, ip_version: 6, shared: true });
  const pool = await make(admin, 'subnetpools', 'subnetpool', {
    name,
    address_scope_id: scope,
    default_prefixlen: 64,
    prefixes: ['2001:db8::/48'],
    shared: true,
  });
  const outside = await make(admin, 'networks', 'network', { name: 'outside', 'router:external': true });
  const version4 = { ip_version: 4, cidr: '203.0.113.0/24', enable_dhcp: false };
  await make(admin, 'subnets', 'subnet', { network_id: outside, ...version4 });
  await make(admin, 'subnets', 'subnet', { network_id: outside, ip_version: 6, subnetpool_id: pool });
  const subnet = await make(client, 'subnets', 'subnet', { network_id: inside, ip_version: 6, subnetpool_id: pool });
  const router = await make(client, 'routers', 'router', {
    name: marker,
    external_gateway_info: { network_id: outside },
    enable_ndp_proxy: true,
  });
  const subnets = await client.expect(200, 'network', 'GET', `/v2.0/subnets?network_id=${inside}&ip_version=4`);
  for (const id of [subnet, idOf((subnets['subnets'] as Row[])[0])]) {
    const body = { subnet_id: id };
    await client.expect(200, 'network', 'PUT', `/v2.0/routers/${router}/add_router_interface`, { body });
  }
  // Of its own: others' requests take the addresses of the first one away.
  const address = { subnet_id: idOf((subnets['subnets'] as Row[])[0]) };
  const port = await make(client, 'ports', 'port', { network_id: inside, name: marker, fixed_ips: [address] });
  return { 'floating-networks': outside, routers: router, 'internal-ports': port, 'fixed-ports': port };
}

/** What is only reported (agents) is nobody's, and changes by itself. */
const isMade = ({ operations }: (typeof rootDeclarations)[number]): boolean => operations.has('create');

async function look(target: Maker, ids: Readonly<Record<string, string>>): Promise<string> {
  const seen: unknown[] = [];
  for (const [api, path] of [
    ['osapi_compute', `/v2.1/servers/${ids['servers']}`],
    ['osapi_compute', `/v2.1/os-keypairs/${ids['os-keypairs']}?user_id=${ids['users']}`],
    ...rootDeclarations.filter(isMade).map(({ path }) => ['network', `/v2.0/${path}/${ids[path]}`] as const),
    ['image', `/v2/images/${ids['images']}`],
    ['image', `/v2/images/${ids['images']}/members`],
    ['identity', `/v3/users/${ids['users']}`],
    ['identity', `/v3/projects/${ids['projects']}`],
    ['identity', `/v3/domains/${ids['domains']}`],
    ['identity', `/v3/roles/${ids['roles']}`],
    ['identity', `/v3/role_assignments?user.id=${ids['users']}`],
    ...identityDeclarations.map((one) => ['identity', `/v3/${one.path}/${ids[collectionOf(one)]}`] as const),
  ] as const) {
    const answer = await target.admin.request(api, 'GET', path, { headers: COMPUTE_VERSION });
    seen.push({ path, status: answer.status, ...answer.json });
  }
  return JSON.stringify(seen);
}

function idOf(row: Row | undefined): string {
  return String(row?.['id']);
}
