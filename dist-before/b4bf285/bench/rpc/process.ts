// One process of the benchmark: node process.js serve|call|cast CANDIDATE URL [IN_FLIGHT BYTES MS]
import { bare } from './bare.candidate.js';
import type { Candidate } from './candidate.js';
import { nest } from './nest.candidate.js';
import { ours } from './ours.candidate.js';
import { startProfile } from './profile.js';

const candidates: Record<string, Candidate> = { ours, bare, 'nest noAck': nest(true), 'nest ack': nest(false) };
const [role = '', name = '', url = '', inFlight = '64', bytes = '200', ms = '1500'] = process.argv.slice(2);
const warmUpMs = 700;
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
  let endProfile: (() => Promise<void>) | null = null;
  // Asked twice: before and after what is measured.
  const tellCpu = async (): Promise<void> => {
    await endProfile?.();
    process.send?.({ cpu: cpuMicroseconds() });
    endProfile ??= await startProfile(`${name} server`);
  };
  process.on('message', (message) => {
    if (message === 'cpu') void tellCpu();
    else void stop().then(() => process.disconnect());
  });
  process.send?.('ready');
} else {
  const client = await candidate.connect(url);
  const send = (body: object): Promise<unknown> =>
    role === 'cast' && client.cast !== undefined ? client.cast(body) : client.call(body);
  const body = payload(Number(bytes));
  const latencies: number[] = [];
  let until = performance.now() + warmUpMs;
  let measuring = false;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const startedAt = performance.now();
      await send(body);
      if (measuring) latencies.push(performance.now() - startedAt);
    }
  };
  const lanes = (): Promise<unknown> => Promise.all(Array.from({ length: Number(inFlight) }, lane));
  await lanes();
  process.send?.('begin');
  const endProfile = await startProfile(`${name} client`);
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
  await endProfile();
  await client.close();
  process.disconnect?.();
}
