import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '#testing/broker';
import { startDatabase } from '#testing/database';
import { freePorts } from '#testing/free-port';
import { until } from '#testing/api-client';
import { FEW_SERVERS, NETWORKS, SERVER_CREATE_HEADERS, networkBody, serverBody } from '../bodies.js';
import { MANY } from '../contender.js';
import type { Contender, Extent, LoadRequest, RowName } from '../contender.js';
import { withNewProcesses } from '../own-processes.js';
import { cloneServers, withDatabase } from './clone-servers.js';
import { STUB_IMAGE, startImageStub } from './image-stub.js';
import { writePeerFiles } from './peer-files.js';
import type { PeerFiles } from './peer-files.js';
import { PeerProgram, runTool } from './peer-programs.js';

type Row = Readonly<Record<string, unknown>>;

const DATABASES = ['nova_api', 'nova', 'nova_cell0', 'neutron', 'placement'];
const HEADERS = { 'x-auth-token': 'admin:admin', 'content-type': 'application/json' };

async function post(url: string, body: Row | string, headers: Readonly<Record<string, string>> = {}): Promise<Row> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', headers: { ...HEADERS, ...headers }, body: text });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Row;
}

async function migrate(files: PeerFiles, cell0: string, folder: string): Promise<void> {
  const nova = (...args: string[]): Promise<string> =>
    runTool('nova-manage', ['--config-file', files.nova, ...args], folder);
  await nova('api_db', 'sync');
  await nova('cell_v2', 'map_cell0', '--database_connection', cell0);
  await nova('db', 'sync');
  await nova('cell_v2', 'create_cell', '--name', 'cell1');
  await runTool('placement-manage', ['--config-file', files.placement, 'db', 'sync'], folder);
  const [main, plugin] = files.neutron;
  const neutron = ['--config-file', main, '--config-file', plugin, 'upgrade', 'heads'];
  await runTool('neutron-db-manage', neutron, folder);
}

function startPrograms(files: PeerFiles, placementPort: number, folder: string): Map<string, PeerProgram> {
  const [main, plugin] = files.neutron;
  const nova = ['--config-file', files.nova];
  const placement = ['--host', '127.0.0.1', '--port', String(placementPort), '--', '--config-file', files.placement];
  const commands: [string, string[]][] = [
    ['placement-api', placement],
    ['neutron-server', ['--config-file', main, '--config-file', plugin]],
    ['nova-conductor', nova],
    ['nova-scheduler', nova],
    ['nova-compute', nova],
    ['nova-api', nova],
  ];
  return new Map(commands.map(([name, args]) => [name, new PeerProgram(name, args, folder)]));
}

/** nova and neutron with two workers each, over a RabbitMQ and a PostgreSQL of their own. */
export async function startPeers(extent: Extent, flavors: readonly Row[]): Promise<Contender> {
  const folder = await mkdtemp(join(tmpdir(), 'albireo-peers-'));
  const broker = await withNewProcesses(() => startBroker({ own: true }));
  const database = await withNewProcesses(() => startDatabase());
  const [compute = 0, network = 0, placement = 0, image = 0] = await freePorts(4);
  const urlOf = (name: string): string => Object.assign(new URL(database.result.url), { pathname: `/${name}` }).href;
  await withDatabase(database.result.url, async (client) => {
    for (const name of DATABASES) {
      await client.query(`create database ${name}`);
      // PostgreSQL would compile neutron's joins again for each request, which takes ten times what they do.
      await client.query(`alter database ${name} set jit = off`);
    }
  });
  const sqlalchemy = (name: string): string => urlOf(name).replace(/^postgresql:/, 'postgresql+psycopg2:');
  const places = { folder, compute, network, placement, image, transportUrl: broker.result.url, database: sqlalchemy };
  const files = await writePeerFiles(places);
  const stub = await startImageStub(image);
  await migrate(files, sqlalchemy('nova_cell0'), folder);
  const programs = startPrograms(files, placement, folder);
  const pids = (...names: string[]): number[] => names.map((name) => programs.get(name)?.pid ?? 0);
  const stop = async (): Promise<void> => {
    await Promise.all([...programs.values()].map((program) => program.stop()));
    stub.close();
    await Promise.all([broker.result.stop(), database.result.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  const nova = `http://127.0.0.1:${compute}/v2.1`;
  const networks = `http://127.0.0.1:${network}/v2.0/networks`;
  const count = (query: string): Promise<number> =>
    withDatabase(urlOf('nova'), async (client) => Number((await client.query(query)).rows[0].count));
  const settled = async (): Promise<void> => {
    const building = 'select count(*) from instances where deleted = 0 and task_state is not null';
    await until(async () => ((await count(building)) === 0 ? true : undefined), 'nova builds nothing', 600_000);
  };
  try {
    await programs.get('placement-api')?.untilAnswers(`http://127.0.0.1:${placement}/`);
    await programs.get('neutron-server')?.untilAnswers(`http://127.0.0.1:${network}/`);
    await programs.get('nova-api')?.untilAnswers(`http://127.0.0.1:${compute}/`);
    const registered = (): Promise<number> => count('select count(*) from compute_nodes where deleted = 0');
    await until(async () => ((await registered()) > 0 ? true : undefined), 'nova-compute has registered', 180_000);
    await runTool('nova-manage', ['--config-file', files.nova, 'cell_v2', 'discover_hosts'], folder);
    for (const { id, name, ram, vcpus, disk } of flavors)
      await post(`${nova}/flavors`, { flavor: { id, name, ram, vcpus, disk } });
    for (let made = 0; made < NETWORKS; made += 1) await post(networks, { network: { name: `bench-${made}` } });
    const body = serverBody(STUB_IMAGE, '1');
    let server = '';
    for (let made = 0; made < FEW_SERVERS; made += 1) {
      const answer = await post(`${nova}/servers`, body, SERVER_CREATE_HEADERS);
      server = (answer['server'] as { id: string }).id;
    }
    const active = (): Promise<number> => count(`select count(*) from instances where vm_state = 'active'`);
    await until(async () => ((await active()) === FEW_SERVERS ? true : undefined), 'nova has built servers', 180_000);
    const get = (url: string): LoadRequest => ({ url, method: 'GET', headers: HEADERS, status: 200 });
    const requests = new Map<RowName, LoadRequest>([
      ['GET flavors/detail', get(`${nova}/flavors/detail`)],
      ['GET networks, 10', get(networks)],
      ['GET servers/detail, 5', get(`${nova}/servers/detail`)],
      ['GET servers/{id}', get(`${nova}/servers/${server}`)],
      ['GET servers/detail, many', get(`${nova}/servers/detail`)],
      ['POST networks', { url: networks, method: 'POST', headers: HEADERS, body: networkBody, status: 201 }],
      [
        'POST servers',
        {
          url: `${nova}/servers`,
          method: 'POST',
          headers: { ...HEADERS, ...SERVER_CREATE_HEADERS },
          body,
          status: 202,
        },
      ],
    ]);
    return {
      name: 'nova, neutron',
      warmUpRequests: 20,
      warmUpConnections: 4,
      groups: new Map([
        ['gateway', pids('nova-api', 'neutron-server')],
        ['worker', pids('nova-conductor', 'nova-scheduler', 'nova-compute', 'placement-api')],
        ['broker', broker.pids],
        ['database', database.pids],
      ]),
      requests,
      async prepare(row) {
        if (row === MANY) await cloneServers(urlOf('nova'), urlOf('nova_api'), server, extent.servers);
        for (const name of DATABASES) await withDatabase(urlOf(name), (client) => client.query('analyze'));
      },
      settled,
      stop,
    };
  } catch (error) {
    const said = [...programs.values()].map((program) => `${program.name}:\n${program.said}`).join('\n');
    await stop();
    throw new Error(`the peers do not work: ${String(error)}\n${said}`, { cause: error });
  }
}
