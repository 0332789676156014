import { readFileSync } from 'node:fs';
import type { Broker } from '#testing/broker';
import { Side } from './side.js';

export interface Shape {
  readonly role: 'call' | 'cast';
  readonly bytes: number;
  readonly inFlight: number;
}

/** Times in ms, CPU in microseconds. */
export interface Result {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly serverCpu: number;
  /** NaN where the broker's process cannot be seen. */
  readonly brokerCpu: number;
}

export const oslo = 'oslo';
export const go = 'go';
const measureMs = '1500';
const microsecondsPerTick = 10_000;

/** User and system time of the broker so far. */
function brokerCpu(broker: Broker): number {
  if (broker.pid === undefined) return Number.NaN;
  const [, rest = ''] = readFileSync(`/proc/${broker.pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * microsecondsPerTick;
}

/** One client process and one server process of a candidate, measured after a warm-up. */
export async function measure(
  name: string,
  broker: Broker,
  { role, inFlight, bytes }: Shape,
  goProgram: string | undefined,
): Promise<Result> {
  const load = [String(inFlight), String(bytes), measureMs];
  const start = (as: 'serve' | 'call' | 'cast'): Side => {
    if (name === oslo) return Side.python(as, broker.url, ...load);
    if (name === go && goProgram !== undefined) return Side.go(goProgram, as, broker.url, ...load);
    return Side.node(as, name, broker.url, ...load);
  };
  const server = start('serve');
  await server.next();
  const client = start(role);
  await client.next();
  const before = { server: await server.cpu(), broker: brokerCpu(broker) };
  const result = await client.next<Omit<Result, 'serverCpu' | 'brokerCpu'>>();
  const serverCpu = (await server.cpu()) - before.server;
  const whole = { ...result, serverCpu, brokerCpu: brokerCpu(broker) - before.broker };
  await client.ended();
  server.end();
  await server.ended();
  return whole;
}
