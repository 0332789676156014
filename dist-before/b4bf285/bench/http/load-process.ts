// The load generator, a process of its own so that its CPU time counts for nobody: sends one request over and over on
// each connection. Told by a LoadOrder, answers with 'measuring' and a LoadResult.
import { once } from 'node:events';
import { Pool } from 'undici';
import type { LoadOrder, LoadResult } from './load.js';

function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const { request, connections, warmUpConnections, warmUpMs, warmUpRequests, measuredMs, requests } = order;
  const { origin, pathname, search } = new URL(request.url);
  const pool = new Pool(origin, {
    connections: Math.max(connections, warmUpConnections),
    pipelining: 1,
    headersTimeout: 600_000,
    bodyTimeout: 600_000,
  });
  const latenciesMs: number[] = [];
  let bytes = 0;
  const exchange = async (): Promise<void> => {
    const startedMs = performance.now();
    const { statusCode, body } = await pool.request({
      path: pathname + search,
      method: request.method,
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const text = await body.arrayBuffer();
    if (statusCode !== request.status) {
      throw new Error(`${request.method} ${request.url}: ${statusCode} ${Buffer.from(text).toString().slice(0, 500)}`);
    }
    bytes = text.byteLength;
    latenciesMs.push(performance.now() - startedMs);
  };
  const lanes = async (count: number, untilMs: number, most: number): Promise<void> => {
    let sent = 0;
    const lane = async (): Promise<void> => {
      while (performance.now() < untilMs && sent < most) {
        sent += 1;
        await exchange();
      }
    };
    await Promise.all(Array.from({ length: count }, lane));
  };
  await lanes(warmUpConnections, performance.now() + warmUpMs, warmUpRequests);
  latenciesMs.length = 0;
  process.send?.('measuring');
  await once(process, 'message');
  const cpu = cpuMs();
  const startedMs = performance.now();
  await lanes(connections, startedMs + measuredMs, requests ?? Number.POSITIVE_INFINITY);
  const seconds = (performance.now() - startedMs) / 1000;
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  await pool.close();
  return {
    requests: sorted.length,
    perSecond: sorted.length / seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    bytes,
    cpuMs: cpuMs() - cpu,
  };
}

process.once('message', (order) => {
  run(order as LoadOrder).then(
    (result) => process.send?.(result, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
