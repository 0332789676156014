// One process of the benchmark: node process.js serve|call CANDIDATE URL [IN_FLIGHT BYTES MS]
import { bare } from './bare.candidate.js';
import type { Candidate } from './candidate.js';
import { ours } from './ours.candidate.js';

const candidates: Record<string, Candidate> = { ours, bare };
const [role = '', name = '', url = '', inFlight = '64', bytes = '200', ms = '1500'] = process.argv.slice(2);
const candidate = candidates[name];
if (candidate === undefined) throw new Error(`unknown candidate "${name}"`);

function payload(size: number): object {
  const row = { id: 'b6f3', name: 'star', ra: 292.68, dec: 27.96, tags: ['a', 'b'], on: true, none: null };
  return { rows: Array.from({ length: Math.max(1, Math.round(size / 95)) }, () => row) };
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

if (role === 'serve') {
  const stop = await candidate.serve(url);
  process.send?.('ready');
  process.on('message', (message) => {
    if (message === 'cpu') process.send?.({ cpu: cpuMicroseconds() });
    else void stop().then(() => process.disconnect());
  });
} else {
  const client = await candidate.connect(url);
  const body = payload(Number(bytes));
  const latencies: number[] = [];
  let until = performance.now() + 700;
  let measuring = false;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const startedAt = performance.now();
      await client.call(body);
      if (measuring) latencies.push(performance.now() - startedAt);
    }
  };
  const lanes = (): Promise<unknown> => Promise.all(Array.from({ length: Number(inFlight) }, lane));
  await lanes();
  process.send?.('begin');
  const cpu = cpuMicroseconds();
  const startedAt = performance.now();
  until = startedAt + Number(ms);
  measuring = true;
  await lanes();
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (part: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
  process.send?.({
    calls: latencies.length,
    perSecond: latencies.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    cpu: cpuMicroseconds() - cpu,
  });
  await client.close();
  process.disconnect?.();
}
