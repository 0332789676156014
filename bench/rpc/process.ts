// One process of the benchmark: node process.js serve|call|cast CANDIDATE URL [BYTES]. It is told `cpu`,
// `run MS IN_FLIGHT`, `profile` and `stop`.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bare } from './bare.candidate.js';
import type { Candidate } from './candidate.js';
import { nest } from './nest.candidate.js';
import { ours } from './ours.candidate.js';
import { startProfile } from './profile.js';

const candidates: Record<string, Candidate> = { ours, bare, 'nest noAck': nest(true), 'nest ack': nest(false) };
const [role = '', name = '', url = '', bytes = '200'] = process.argv.slice(2);
const candidate = candidates[name] ?? (await ofBuild(name));

/** What another checkout of this repository has built. */
async function ofBuild(folder: string): Promise<Candidate> {
  const { href } = pathToFileURL(join(resolve(folder), 'dist/bench/rpc/ours.candidate.js'));
  return ((await import(href)) as { ours: Candidate }).ours;
}

function payload(size: number): object {
  const row = { id: 'b6f3', name: 'star', ra: 292.68, dec: 27.96, tags: ['a', 'b'], on: true, none: null };
  return { rows: Array.from({ length: Math.max(1, Math.round(size / 95)) }, () => row) };
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

interface Started {
  run?(ms: number, inFlight: number): Promise<object>;
  stop(): Promise<void>;
}

async function startClient(): Promise<Started> {
  const client = await candidate.connect(url);
  const body = payload(Number(bytes));
  const send = (): Promise<unknown> =>
    role === 'cast' && client.cast !== undefined ? client.cast(body) : client.call(body);
  const run = async (ms: number, inFlight: number): Promise<object> => {
    const latencies: number[] = [];
    const cpu = cpuMicroseconds();
    const begunAt = performance.now();
    const until = begunAt + ms;
    const lane = async (): Promise<void> => {
      while (performance.now() < until) {
        const startedAt = performance.now();
        await send();
        latencies.push(performance.now() - startedAt);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    const perSecond = (latencies.length / (performance.now() - begunAt)) * 1000;
    const used = cpuMicroseconds() - cpu;
    latencies.sort((a, b) => a - b);
    const at = (part: number): number => latencies[Math.floor(latencies.length * part)] ?? 0;
    return { calls: latencies.length, perSecond, p50: at(0.5), p99: at(0.99), cpu: used };
  };
  return { run, stop: () => client.close() };
}

const started: Started = role === 'serve' ? { stop: await candidate.serve(url) } : await startClient();
let endProfile = async (): Promise<void> => undefined;

async function obey(order: string): Promise<void> {
  if (order === 'cpu') process.send?.({ cpu: cpuMicroseconds() });
  else if (order === 'profile') endProfile = await startProfile(`${name.replaceAll('/', '_')} ${role}`);
  else if (order === 'stop') {
    await endProfile();
    await started.stop();
    process.disconnect();
  } else {
    const [, ms, inFlight] = order.split(' ');
    process.send?.(await started.run?.(Number(ms), Number(inFlight)));
  }
}

process.on('message', (order) => void obey(String(order)));
process.send?.('ready');
