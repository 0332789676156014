import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { startBroker } from '#testing/broker';
import { ApiClient, until } from '#testing/api-client';
import { Cloud, rowsOf } from '#testing/cloud';
import { startPair } from '#testing/stack';
import { FEW_SERVERS, NETWORKS, SERVER_CREATE_HEADERS, networkBody, serverBody } from './bodies.js';
import { MANY, MANY_PORTS, MANY_RULES } from './contender.js';
import type { Contender, Extent, LoadRequest, RowName } from './contender.js';
import { withNewProcesses } from './own-processes.js';

const FLAVOR = '1';
/** Servers or ports that one request makes when there must be many. */
const BATCH = 100;
/** Rules of a security group, beside those that it begins with. */
const RULES = 100;

/** Ours, and its flavors, which the others get too. */
export interface Ours {
  readonly contender: Contender;
  readonly flavors: readonly Record<string, unknown>[];
  /** Logs in by the administrator's password; whether it was let in. */
  readonly login: () => Promise<boolean>;
}

const environment = {
  OS_DEFAULT__API_PROCESSES: 'separate',
  OS_DEFAULT__RPC_WORKERS: '2',
  OS_DEFAULT__IDENTITY_WORKERS: '1',
  OS_DEFAULT__OSAPI_COMPUTE_WORKERS: '2',
  OS_DEFAULT__IMAGE_WORKERS: '1',
  OS_DEFAULT__NETWORK_WORKERS: '2',
  OS_DEFAULT__ENABLED_APIS: 'identity,osapi_compute,image,network',
  OS_QUOTA__INSTANCES: '-1',
  OS_QUOTA__CORES: '-1',
  OS_QUOTA__RAM: '-1',
  OS_QUOTAS__QUOTA_NETWORK: '-1',
  OS_QUOTAS__QUOTA_PORT: '-1',
  OS_QUOTAS__QUOTA_SECURITY_GROUP_RULE: '-1',
  OS_FAKE__VCPUS: '1000000',
  OS_FAKE__MEMORY_MB: '1000000000',
  OS_FAKE__LOCAL_GB: '1000000000',
};

function profiling(folder: string | undefined): Record<string, string> {
  if (folder === undefined) return {};
  const preload = fileURLToPath(new URL('profile-preload.js', import.meta.url));
  return { NODE_OPTIONS: `--import=${preload}`, ALBIREO_BENCH_PROFILE: folder };
}

/** Every process looks for the file ten times a second. */
async function switchProfiling(folder: string | undefined, wanted: 'on' | 'off'): Promise<void> {
  if (folder === undefined) return;
  const file = join(folder, 'on');
  if (wanted === 'on') await writeFile(file, '');
  else await rm(file);
  await new Promise((resolve) => setTimeout(resolve, 300));
}

/** Gateway and worker with two processes each over a private RabbitMQ and PostgreSQL. */
export async function startOurs(extent: Extent, profileFolder?: string): Promise<Ours> {
  const broker = await withNewProcesses(() => startBroker({ own: true }));
  const started = await withNewProcesses(() =>
    startPair({ brokerUrl: broker.result.url, env: { ...environment, ...profiling(profileFolder) } }),
  );
  const pair = started.result;
  const pidOf = (name: string): number => pair.programs.get(name)?.pid ?? 0;
  const database = new Client({ connectionString: pair.databaseUrl });
  await database.connect();
  const [gateway, worker] = [pidOf('gateway-0'), pidOf('worker-0')];
  const api = new ApiClient(pair.ports);
  await api.login();
  const cloud = new Cloud(api);
  const image = await cloud.imageId();
  const body = serverBody(image, FLAVOR);

  const count = async (condition: string): Promise<number> => {
    const { rows } = await database.query<{ count: string }>(`select count(*) from instances where ${condition}`);
    return Number(rows[0]?.count);
  };
  const settled = async (): Promise<void> => {
    await until(
      async () => ((await count('task_state is not null')) === 0 ? true : undefined),
      'nothing is built',
      300_000,
    );
  };
  const fill = async (servers: number): Promise<void> => {
    for (let have = await count('not deleted'); have < servers; have = await count('not deleted')) {
      const wanted = Math.min(BATCH, servers - have);
      const { server } = JSON.parse(body) as { server: object };
      const many = { server: { ...server, min_count: wanted, max_count: wanted } };
      await api.expect(202, 'osapi_compute', 'POST', '/v2.1/servers', { body: many, headers: SERVER_CREATE_HEADERS });
      await settled();
    }
  };

  for (let made = 0; made < NETWORKS; made += 1) {
    await api.expect(201, 'network', 'POST', '/v2.0/networks', { body: { network: { name: `bench-${made}` } } });
  }
  const network = await networkPeers(api);
  await fill(FEW_SERVERS);
  const [server] = rowsOf(await api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers'), 'servers');
  const flavors = rowsOf(await api.expect(200, 'osapi_compute', 'GET', '/v2.1/flavors/detail'), 'flavors');
  const headers = { 'x-auth-token': api.token };
  const compute = `${pair.url('osapi_compute')}/v2.1`;
  const networks = `${pair.url('network')}/v2.0/networks`;
  const get = (url: string): LoadRequest => ({ url, method: 'GET', headers, status: 200 });
  const requests = new Map<RowName, LoadRequest>([
    ['GET flavors/detail', get(`${compute}/flavors/detail`)],
    ['GET networks, 10', get(networks)],
    ['GET servers/detail, 5', get(`${compute}/servers/detail`)],
    ['GET servers/{id}', get(`${compute}/servers/${String(server?.['id'])}`)],
    ['GET servers/detail, many', get(`${compute}/servers/detail`)],
    [
      'POST networks',
      {
        url: networks,
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: networkBody,
        status: 201,
      },
    ],
    ['GET ports, many', get(`${pair.url('network')}/v2.0/ports`)],
    ['GET security-group-rules, 100', get(`${pair.url('network')}/v2.0/security-group-rules`)],
    ['GET routers/{id}', get(`${pair.url('network')}/v2.0/routers/${network.router}`)],
    ['GET images/{id}', get(`${pair.url('image')}/v2/images/${image}`)],
    [
      'POST servers',
      {
        url: `${compute}/servers`,
        method: 'POST',
        headers: { ...headers, ...SERVER_CREATE_HEADERS },
        body,
        status: 202,
      },
    ],
  ]);
  const contender: Contender = {
    name: 'albireo',
    warmUpRequests: 6000,
    warmUpConnections: 16,
    groups: new Map([
      ['gateway', [gateway]],
      ['worker', [worker]],
      ['broker', broker.pids],
      ['database', started.pids.filter((pid) => pid !== gateway && pid !== worker)],
    ]),
    requests,
    async prepare(row) {
      if (row === MANY) await fill(extent.servers);
      if (row === MANY_PORTS) await network.fillPorts(extent.servers);
      if (row === MANY_RULES) await network.fillRules();
      await database.query('analyze');
    },
    settled,
    profile: (wanted) => switchProfiling(profileFolder, wanted),
    async stop() {
      await database.end();
      await pair.stop();
      await broker.result.stop();
    },
  };
  const login = (): Promise<boolean> =>
    new ApiClient(pair.ports).login().then(
      () => true,
      () => false,
    );
  return { contender, flavors, login };
}

/** A router, and what fills the lists of ports and rules once their rows come. */
async function networkPeers(api: ApiClient): Promise<{
  readonly router: string;
  fillPorts(wanted: number): Promise<void>;
  fillRules(): Promise<void>;
}> {
  const make = (path: string, body: object): Promise<Record<string, unknown>> =>
    api.expect(201, 'network', 'POST', `/v2.0/${path}`, { body });
  const idOf = (answer: Record<string, unknown>, name: string): string =>
    String(Reflect.get(Object(answer[name]), 'id'));
  return {
    router: idOf(await make('routers', { router: { name: 'bench' } }), 'router'),
    async fillPorts(wanted) {
      const network_id = idOf(await make('networks', { network: { name: 'ports' } }), 'network');
      await make('subnets', { subnet: { network_id, ip_version: 4, cidr: '10.64.0.0/16' } });
      const { ports } = await api.expect(200, 'network', 'GET', '/v2.0/ports');
      for (let have = Array.isArray(ports) ? ports.length : 0; have < wanted; have += BATCH) {
        const count = Math.min(BATCH, wanted - have);
        await make('ports', { ports: Array.from({ length: count }, () => ({ network_id })) });
      }
    },
    async fillRules() {
      const id = idOf(await make('security-groups', { security_group: { name: 'bench' } }), 'security_group');
      const shared = { security_group_id: id, direction: 'ingress', protocol: 'tcp' };
      const rules = Array.from({ length: RULES }, (_, at) => ({
        ...shared,
        port_range_min: at + 1,
        port_range_max: at + 1,
      }));
      await make('security-group-rules', { security_group_rules: rules });
    },
  };
}
