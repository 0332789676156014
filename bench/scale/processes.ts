import { runPoint } from './point.js';
import { rounded } from './figures.js';
import type { Curve } from './figures.js';

const PARTS = { gateways: 'gateway', workers: 'worker', RabbitMQ: 'RabbitMQ', PostgreSQL: 'PostgreSQL' } as const;

/** What one read costs each part, and how many there are, by processes of the worker or of the Compute API. */
export async function processesCurves(counts: readonly number[], forMs: number): Promise<Curve[]> {
  const curves: Curve[] = [];
  for (const half of ['worker', 'gateway'] as const) {
    const cpu = Object.values(PARTS).map((name) => ({ name, values: [] as number[] }));
    const rate: number[] = [];
    const memory: number[] = [];
    for (const count of counts) {
      const [gateways, workers] = half === 'worker' ? [1, count] : [count, 1];
      const point = await runPoint(gateways, workers, forMs);
      for (const [at, part] of Object.keys(PARTS).entries()) cpu[at]?.values.push(rounded(point.cpu[part] ?? 0));
      rate.push(point.rate);
      memory.push(point.mib[half]);
      console.log(`${count} of the ${half}: p50 ${point.p50} ms, p99 ${point.p99} ms; MiB ${point.memory.join(', ')}`);
    }
    const along = half === 'worker' ? 'processes of the worker' : 'processes of the Compute API';
    curves.push(
      { title: `CPU of a read by ${along}`, along, x: counts, unit: 'ms', series: cpu },
      {
        title: `Reads by ${along}, 32 clients`,
        along,
        x: counts,
        unit: 'a second',
        series: [{ name: 'reads', values: rate }],
      },
      {
        title: `Memory by ${along}`,
        along,
        x: counts,
        unit: 'MiB, PSS, with the parent',
        series: [{ name: half, values: memory }],
      },
    );
  }
  return curves;
}
