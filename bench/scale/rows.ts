import { Client } from 'pg';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { fillTables } from '#testing/many-rows';
import type { FilledId } from '#testing/many-rows';
import { startPair } from '#testing/stack';
import type { ApiPorts, Pair } from '#testing/stack';
import { load } from '../http/load.js';
import { CpuMeter } from '../../test/chaos/cpu-meter.js';
import { rounded } from './figures.js';
import type { Curve } from './figures.js';

const CONNECTIONS = 4;

/** Requests that ask for as much whatever there is: their cost must not grow with the rows. */
const REQUESTS: readonly (readonly [string, keyof ApiPorts, string])[] = [
  ['20 servers', 'osapi_compute', '/v2.1/servers/detail?limit=20'],
  ['20 servers of all projects', 'osapi_compute', '/v2.1/servers/detail?limit=20&all_tenants=1'],
  ['one server', 'osapi_compute', '/v2.1/servers/SERVER'],
  ['servers of a name', 'osapi_compute', '/v2.1/servers?name=^server-7$'],
  ['20 ports', 'network', '/v2.0/ports?limit=20'],
  ['ports of a server', 'network', '/v2.0/ports?device_id=SERVER'],
  ['ports of an address', 'network', '/v2.0/ports?fixed_ips=ip_address%3D10.0.0.7'],
  ['one port', 'network', '/v2.0/ports/PORT'],
];

/** CPU of one request, all parts together, over the rows of each large table (servers, ports, networks, rules, …). */
export async function rowsCurve(counts: readonly number[], forMs: number): Promise<Curve[]> {
  const pair = await startPair({
    env: { OS_DEFAULT__PERIODIC_ENABLE: 'false', OS_DEFAULT__ENABLED_APIS: 'identity,osapi_compute,image,network' },
  });
  const client = new Client({ connectionString: pair.databaseUrl });
  try {
    await client.connect();
    const api = new ApiClient(pair.ports);
    await api.login();
    const cloud = new Cloud(api);
    const network = await cloud.createNetwork('pattern', '10.0.0.0/8');
    const server = await cloud.createServer('pattern', network, await cloud.imageId());
    await cloud.untilStatus(server, 'ACTIVE');
    const { rows } = await client.query<{ project: string }>('select project_id as project from instances');
    const project = rows[0]?.project ?? '';
    const found = REQUESTS.map(([name]) => ({ name, values: [] as number[] }));
    let from = 0;
    for (const count of counts) {
      const ids = await fillTables(client, { project, own: Math.min(100, count), from, rows: () => count });
      from = count;
      for (const [at, request] of REQUESTS.entries())
        found[at]?.values.push(await cpuOf(pair, api, request, ids, forMs));
    }
    return [
      {
        title: 'CPU of a request by the rows of each table',
        along: 'rows',
        x: counts,
        unit: 'ms of gateway, worker, RabbitMQ and PostgreSQL',
        series: found,
      },
    ];
  } finally {
    await client.end();
    await pair.stop();
  }
}

async function cpuOf(
  pair: Pair,
  api: ApiClient,
  [, service, path]: (typeof REQUESTS)[number],
  ids: ReadonlyMap<FilledId, string>,
  forMs: number,
): Promise<number> {
  const url =
    pair.url(service) + path.replace(/SERVER|PORT/, (kind) => ids.get(kind.toLowerCase() as FilledId) ?? kind);
  const request = { url, method: 'GET', headers: { 'x-auth-token': api.token }, status: 200 } as const;
  let meter: CpuMeter | undefined;
  const warm = { warmUpConnections: CONNECTIONS, warmUpMs: forMs, warmUpRequests: 1_000 };
  const { requests, perSecond } = await load(
    { request, connections: CONNECTIONS, ...warm, measuredMs: forMs },
    async () => {
      meter = new CpuMeter();
    },
  );
  const { client: _generator, ...parts } = meter?.stop() ?? {};
  const cpus = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return requests === 0 ? Number.NaN : rounded((cpus * 1000) / perSecond);
}
