import { randomUUID } from 'node:crypto';
import { Cloud } from '#testing/cloud';
import { createBody, rootDeclarations } from './declared-bodies.js';
import type { Target, Tenant } from './target.js';

type Row = Readonly<Record<string, unknown>>;

/** A tenant with one of everything; other tenants must neither see nor change any of it. */
export interface Victim {
  readonly tenant: Tenant;
  /** Stands in everything that has a text, so that an answer that tells of it can be known. */
  readonly marker: string;
  /** By the name of the collection in paths: `servers`, `os-keypairs`. */
  readonly ids: Readonly<Record<string, string>>;
  /** All of it as the administrator sees it now. */
  look(): Promise<string>;
}

export const COMPUTE_VERSION = { 'openstack-api-version': 'compute 2.90' };

/** What a victim is made with: a whole target, or a cloud in this process. */
type Maker = Pick<Target, 'admin' | 'tenant'>;

/** Makes one; its server is ACTIVE. */
export async function makeVictim(target: Maker): Promise<Victim> {
  const marker = `marker${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const tenant = await target.tenant(`victim-${marker}`);
  const cloud = new Cloud(tenant.client);
  const network = await cloud.createNetwork(marker, '10.77.0.0/24');
  const { client } = tenant;
  const subnets = await client.expect(200, 'network', 'GET', `/v2.0/subnets?network_id=${network}`);
  const port = await client.expect(201, 'network', 'POST', '/v2.0/ports', {
    body: { port: { network_id: network, name: marker } },
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
    networks: network,
    subnets: idOf((subnets['subnets'] as Row[])[0]),
    ports: idOf(port['port'] as Row),
    'os-keypairs': marker,
    images: image,
    users: tenant.user,
    projects: tenant.project,
    'os-quota-sets': tenant.project,
    quotas: tenant.project,
    domains: await made('domain'),
    roles: await made('role'),
  };
  for (const declaration of rootDeclarations.filter(({ path }) => ids[path] === undefined)) {
    const body = createBody(declaration, ids, { name: marker });
    const answer = await client.request('network', 'POST', `/v2.0/${declaration.path}`, { body });
    if (answer.status === 201) ids[declaration.path] = idOf(answer.json[declaration.singular] as Row);
  }
  return { tenant, marker, ids, look: () => look(target, ids) };
}

async function look(target: Maker, ids: Readonly<Record<string, string>>): Promise<string> {
  const seen: unknown[] = [];
  for (const [api, path] of [
    ['osapi_compute', `/v2.1/servers/${ids['servers']}`],
    ['osapi_compute', `/v2.1/os-keypairs/${ids['os-keypairs']}?user_id=${ids['users']}`],
    ...rootDeclarations.map(({ path }) => ['network', `/v2.0/${path}/${ids[path]}`] as const),
    ['identity', `/v3/users/${ids['users']}`],
    ['identity', `/v3/projects/${ids['projects']}`],
    ['identity', `/v3/domains/${ids['domains']}`],
    ['identity', `/v3/roles/${ids['roles']}`],
    ['identity', `/v3/role_assignments?user.id=${ids['users']}`],
  ] as const) {
    const answer = await target.admin.request(api, 'GET', path, { headers: COMPUTE_VERSION });
    seen.push({ path, status: answer.status, ...answer.json });
  }
  return JSON.stringify(seen);
}

function idOf(row: Row | undefined): string {
  return String(row?.['id']);
}
