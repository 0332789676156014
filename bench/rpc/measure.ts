import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
/** With so many in flight at least: with one, code would be measured before it is compiled. */
const warmUp = { ms: 1_500, inFlight: 64 };
const microsecondsPerTick = 10_000;

/** User and system time of the broker so far. */
function brokerCpu(broker: Broker): number {
  if (broker.pid === undefined) return Number.NaN;
  const [, rest = ''] = readFileSync(`/proc/${broker.pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * microsecondsPerTick;
}

/** Whether a candidate is the folder of another build of this repository. */
export function isBuild(name: string): boolean {
  return existsSync(join(name, 'dist/bench/rpc/ours.candidate.js'));
}

/** A client process and a server process of one candidate, which stay for all turns of a shape. */
export class Pair {
  private constructor(
    readonly broker: Broker,
    readonly server: Side,
    readonly client: Side,
    readonly inFlight: number,
  ) {}

  static async start(name: string, broker: Broker, shape: Shape, goProgram: string | undefined): Promise<Pair> {
    const { role, inFlight, bytes } = shape;
    const url = isBuild(name) ? await virtualHost(broker) : broker.url;
    const start = (as: 'serve' | 'call' | 'cast', ...args: readonly string[]): Side => {
      if (name === oslo) return Side.python(as, url, ...args);
      if (name === go && goProgram !== undefined) return Side.go(goProgram, as, url, ...args);
      return Side.node(as, name, url, ...args);
    };
    const server = start('serve');
    await server.next();
    const client = start(role, String(bytes));
    await client.next();
    const pair = new Pair(broker, server, client, inFlight);
    await pair.turn(warmUp.ms, Math.max(inFlight, warmUp.inFlight));
    for (const side of [client, server]) side.profile();
    return pair;
  }

  async turn(ms: number, inFlight = this.inFlight): Promise<Result> {
    const serverCpu = async (): Promise<number> => (await this.server.asked<{ cpu: number }>('cpu')).cpu;
    const before = { server: await serverCpu(), broker: brokerCpu(this.broker) };
    const result = await this.client.asked<Omit<Result, 'serverCpu' | 'brokerCpu'>>(`run ${ms} ${inFlight}`);
    const used = brokerCpu(this.broker) - before.broker;
    return { ...result, serverCpu: (await serverCpu()) - before.server, brokerCpu: used };
  }

  async stop(): Promise<void> {
    for (const side of [this.client, this.server]) {
      side.end();
      await side.ended();
    }
  }
}

/** Another build has the same names of queues: it is given a virtual host of its own. */
async function virtualHost(broker: Broker): Promise<string> {
  const name = 'beside';
  await broker.ctl(['add_vhost', name]);
  await broker.ctl(['set_permissions', '-p', name, 'guest', '.*', '.*', '.*']);
  return `${broker.url}${name}`;
}
