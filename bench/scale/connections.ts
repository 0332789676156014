import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { ApiClient } from '#testing/api-client';
import { startPair } from '#testing/stack';
import { load } from '../http/load.js';
import { pssOfTree } from '../process-tree.js';
import { rounded } from './figures.js';
import type { Curve } from './figures.js';

const TOGETHER = 100;

/** Memory of a gateway and waiting for an answer beside so many connections that stay open and ask for nothing more. */
export async function connectionsCurve(counts: readonly number[], forMs: number): Promise<Curve[]> {
  const pair = await startPair();
  const open: Socket[] = [];
  try {
    const api = new ApiClient(pair.ports);
    await api.login();
    const gateway = pair.programs.get('gateway-0')?.pid ?? 0;
    const request = {
      url: `${pair.url('osapi_compute')}/v2.1/flavors/detail`,
      method: 'GET',
      headers: { 'x-auth-token': api.token },
      status: 200,
    } as const;
    const order = { request, connections: 4, warmUpConnections: 16, warmUpMs: forMs, warmUpRequests: 6_000 };
    const [memory, half, most]: number[][] = [[], [], []];
    for (const count of counts) {
      while (open.length < count) {
        const wanted = Math.min(TOGETHER, count - open.length);
        open.push(...(await Promise.all(Array.from({ length: wanted }, () => asked(pair.ports.osapi_compute)))));
      }
      const { p50Ms, p99Ms } = await load({ ...order, measuredMs: forMs }, async () => undefined);
      const lost = open.filter(({ destroyed }) => destroyed).length;
      if (lost > 0) throw new Error(`${lost} of ${count} open connections were closed meanwhile`);
      memory?.push(Math.round(pssOfTree(gateway)));
      half?.push(rounded(p50Ms, 1));
      most?.push(rounded(p99Ms, 1));
    }
    return [
      {
        title: 'Memory of the gateway by open connections',
        along: 'connections',
        x: counts,
        unit: 'MiB, PSS of both its processes',
        series: [{ name: 'gateway', values: memory ?? [] }],
      },
      {
        title: 'GET flavors/detail beside open connections',
        along: 'connections',
        x: counts,
        unit: 'ms, four clients',
        series: [
          { name: 'half of the answers', values: half ?? [] },
          { name: '99 %', values: most ?? [] },
        ],
      },
    ];
  } finally {
    for (const socket of open) socket.destroy();
    await pair.stop();
  }
}

/** A connection that has had one answer, for which no token is needed. */
async function asked(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await once(socket, 'data');
  socket.resume();
  return socket;
}
