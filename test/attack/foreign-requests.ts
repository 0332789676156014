import { declaredBodies, serverActionBodies } from './declared-bodies.js';
import { pathOf } from './routes.js';
import type { DeclaredRoute } from './routes.js';
import { COMPUTE_VERSION, NEW_COMPUTE_VERSION, OLD_COMPUTE_VERSION } from './target.js';
import type { Tenant, Victim } from './target.js';

export interface ForeignRequest {
  readonly api: DeclaredRoute['api'];
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests to a route that name what is the victim's in every way in which the route can be told of it. */
export function foreignRequests(route: DeclaredRoute, victim: Victim): ForeignRequest[] {
  const { api, method } = route;
  const path = foreignPath(route, victim);
  const bodies =
    method === 'POST' || method === 'PUT' || method === 'PATCH' ? foreignBodies(route, victim) : [undefined];
  const queries = method === 'GET' ? ['', ...foreignQueries(victim)] : [''];
  const versions = api === 'osapi_compute' ? computeVersions(route) : [imageHeaders(route)];
  return versions.flatMap((headers) =>
    bodies.flatMap((body) => queries.map((query) => ({ api, method, path: `${path}${query}`, body, headers }))),
  );
}

/** Shares came with 2.97. */
function computeVersions({ url }: DeclaredRoute): Readonly<Record<string, string>>[] {
  return url.includes('/shares') ? [NEW_COMPUTE_VERSION] : [COMPUTE_VERSION, OLD_COMPUTE_VERSION];
}

/** Glance takes patches and data by their types alone. */
function imageHeaders({ api, method, url }: DeclaredRoute): Readonly<Record<string, string>> {
  if (api !== 'image') return {};
  if (method === 'PATCH') return { 'content-type': 'application/openstack-images-v2.1-json-patch' };
  return /\/(file|stage)$/.test(url) ? { 'content-type': 'application/octet-stream' } : {};
}

/** Of actions that are not a server's. */
function actionBodies(url: string, project: string): unknown[] | undefined {
  if (url.includes('/migrations/')) return [{ force_complete: null }];
  if (url.includes('/os-aggregates/')) {
    const host = { host: 'theft' };
    return [{ add_host: host }, { remove_host: host }, { set_metadata: { metadata: { theft: '1' } } }];
  }
  if (!url.includes('/flavors/')) return undefined;
  return ['addTenantAccess', 'removeTenantAccess'].map((key) => ({ [key]: { tenant: project } }));
}

/** What a trust of the victim says that lets it act for itself. */
export function delegation({ user, project }: Tenant): Readonly<Record<string, unknown>> {
  const roles = [{ name: 'member' }];
  return { trustor_user_id: user, trustee_user_id: user, project_id: project, impersonation: false, roles };
}

/** Of metadata definitions, by the last word of the path. */
function definitionBodies(url: string): Readonly<Record<string, readonly unknown[]>> {
  const name = 'theft';
  const property = { name, title: name, type: 'string' };
  const parts = {
    objects: [{ name }],
    properties: { [name]: { title: name, type: 'string' } },
    tags: [{ name }],
    resource_type_associations: [{ name }],
  };
  return {
    namespaces: [{ namespace: name, ...(url.endsWith('namespaces') ? parts : {}) }],
    objects: [{ name }],
    properties: [property],
    resource_types: [{ name }],
    tags: [url.endsWith('tags') ? { tags: [{ name }] } : { name }],
  };
}

/** Each parameter is the victim's object of the collection before it. */
function foreignPath(route: DeclaredRoute, { ids, marker }: Victim): string {
  const segments = route.url.split('/');
  return pathOf(route, (name) => {
    const collection = segments[segments.indexOf(`:${name}`) - 1] ?? '';
    if (collection === 'metadata') return 'secret';
    // Two APIs have policies: those below `qos` are the Network API's.
    const qualified = segments
      .slice(Math.max(segments.indexOf(`:${name}`) - 2, 0), segments.indexOf(`:${name}`))
      .join('/');
    const known = ids[qualified] ?? ids[collection] ?? ids[`${name}s`];
    return (collection === 'ips' ? marker : known) ?? ids['servers'] ?? '';
  });
}

function foreignQueries({ ids, marker, tenant }: Victim): string[] {
  const { servers, networks, subnets, ports } = ids;
  return [
    `?project_id=${tenant.project}`,
    `?tenant_id=${tenant.project}`,
    '?all_tenants=1',
    '?all_projects=true',
    `?all_tenants=1&project_id=${tenant.project}`,
    `?user_id=${tenant.user}`,
    `?trustor_user_id=${tenant.user}`,
    `?trustee_user_id=${tenant.user}`,
    `?id=${servers}&id=${networks}&id=${ports}`,
    `?uuid=${servers}`,
    `?network_id=${networks}`,
    `?device_id=${servers}`,
    `?fixed_ips=subnet_id%3D${subnets}`,
    `?name=${marker}`,
    `?marker=${servers}`,
    `?marker=${networks}`,
    `?limit=1000&is_public=none&owner=${tenant.project}&visibility=all&member_status=all`,
    `?changes-since=2000-01-01T00:00:00Z&deleted=false&ip=10.77`,
    `?scope.project.id=${tenant.project}&include_subtree=true&include_names=true`,
    `?domain_id=default&user.id=${tenant.user}&scope.project.id=${tenant.project}&include_names&effective`,
  ];
}

/**
 * By the last word of the path that is no parameter, and by the declaration of the resource; a collection that has
 * neither gets an empty body.
 */
function foreignBodies(route: DeclaredRoute, victim: Victim): unknown[] {
  const { url } = route;
  const { ids, marker, tenant } = victim;
  const { servers: server, networks: network, subnets: subnet, ports: port, images: image } = ids;
  const last = url.split('/').findLast((segment) => segment !== '' && !segment.startsWith(':')) ?? '';
  const isCollection = url.split('/').at(-1)?.startsWith(':') !== true;
  const basic = { name: 'theft', flavorRef: '1', imageRef: image };
  const device = { device_id: server, device_owner: 'compute:nova' };
  const servers = isCollection
    ? [
        { server: { ...basic, networks: [{ uuid: network }] } },
        { server: { ...basic, networks: [{ port }] } },
        { server: { ...basic, networks: 'none', key_name: marker } },
        { server: { ...basic, networks: 'none', imageRef: server } },
        { server: { ...basic, networks: 'none', project_id: tenant.project } },
      ]
    : [{ server: { name: 'theft' } }];
  const bodies: Readonly<Record<string, readonly unknown[]>> = {
    servers,
    'os-volumes_boot': servers,
    action: actionBodies(url, tenant.project) ?? serverActionBodies(ids),
    metadata: [{ metadata: { secret: 'theft' } }, { meta: { secret: 'theft' } }],
    'os-volume_attachments': [{ volumeAttachment: { volumeId: server } }],
    'os-keypairs': [{ keypair: { name: 'theft', user_id: tenant.user } }],
    networks: isCollection
      ? [
          { network: { name: 'theft', project_id: tenant.project } },
          { network: { name: 'theft', tenant_id: tenant.project } },
        ]
      : [{ network: { name: 'theft' } }, { network: { admin_state_up: false } }, { network: { shared: true } }],
    subnets: isCollection
      ? [{ subnet: { network_id: network, ip_version: 4, cidr: '10.78.0.0/24' } }]
      : [{ subnet: { name: 'theft' } }, { subnet: { enable_dhcp: false } }],
    ports: isCollection
      ? [
          { port: { network_id: network } },
          { port: { network_id: network, ...device, fixed_ips: [{ subnet_id: subnet }] } },
          { port: { network_id: network, project_id: tenant.project } },
          { ports: [{ network_id: network }, { network_id: network, ...device }] },
        ]
      : [{ port: { name: 'theft' } }, { port: device }, { port: { device_id: '' } }, { port: { fixed_ips: [] } }],
    users: [{ user: { name: `theft-${marker.length}`, password: 'theft', default_project_id: tenant.project } }],
    password: [{ user: { original_password: 'wrong', password: 'theft' } }],
    projects: [{ project: { name: 'theft', enabled: false } }],
    domains: [{ domain: { name: 'theft', enabled: false } }],
    roles: [{ role: { name: 'theft' } }, { role: { name: 'theft', domain_id: ids['domains'] } }],
    quotas: [{ quota: { network: 5 } }],
    ...(route.api === 'network' ? {} : { tags: [{ tags: ['theft'] }] }),
    application_credentials: [{ application_credential: { name: 'theft' } }],
    trusts: [{ trust: delegation(tenant) }],
    'OS-EC2': [{ tenant_id: tenant.project }],
    config: [{ config: { ldap: { url: 'ldap://127.0.0.1' } } }, { config: { url: 'ldap://127.0.0.1' } }],
    locations: [{ url: 'http://127.0.0.1/' }],
    import: ['glance-direct', 'copy-image', 'web-download'].map((name) => ({
      method: { name, ...(name === 'web-download' ? { uri: 'http://127.0.0.1/' } : {}) },
    })),
    ...(url.startsWith('/v2/metadefs') ? definitionBodies(url) : {}),
    shares: [{ share: { share_id: server } }],
    'os-services': [{ status: 'disabled' }],
    flavors: [{ flavor: { name: 'theft', ram: 64, vcpus: 1, disk: 1 } }],
    images: isCollection
      ? [{ name: 'theft', visibility: 'public' }]
      : ['public', 'community', 'private', 'shared'].map((value) => [{ op: 'replace', path: '/visibility', value }]),
    members: isCollection ? [{ member: tenant.project }] : [{ status: 'accepted' }],
    'os-security-groups': [{ security_group: { name: 'theft', description: 'theft' } }],
    'os-security-group-rules': [
      {
        security_group_rule: {
          parent_group_id: ids['security-groups'],
          ip_protocol: 'tcp',
          from_port: 1,
          to_port: 2,
          cidr: '10.0.0.0/8',
        },
      },
    ],
    'remote-consoles': [{ remote_console: { protocol: 'vnc', type: 'novnc' } }],
    'os-interface': [
      { interfaceAttachment: { port_id: port } },
      { interfaceAttachment: { net_id: network } },
      { interfaceAttachment: {} },
    ],
    'os-floating-ips': [{ pool: ids['floating-networks'] }, { pool: 'outside' }],
  };
  const declared = declaredBodies(route, ids);
  const known = bodies[last] ?? (declared.length === 0 ? [{}] : []);
  return [...known, ...declared];
}
