import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { until } from '#testing/api-client';
import type { CrashBench, Point, RunResult } from './crash-run.js';
import { NETWORK_OPERATIONS } from './network-operations.js';
import type { NetworkOperation, Scene } from './network-operations.js';

type Row = Readonly<Record<string, unknown>>;

/** What a worker does for a request of the Network API, and not at its own times. */
const OF_A_REQUEST = /^(floatingip|router|port)[-_]/;

/**
 * Operations of the Network API, each one transaction, with a worker killed at each of its steps: what the client was
 * told is done is done, what it was told nothing of is done or is not, never half, and asking again ends it.
 */
export class NetworkCrash {
  #serial = 0;

  constructor(private readonly bench: CrashBench) {}

  /** Every step that the operation comes by. */
  async points(name: string): Promise<readonly Point[]> {
    const operation = operationOf(name);
    const scene = await this.#scene(operation);
    writeFileSync(this.bench.stepsFile, '');
    await this.#ask(operation, scene);
    const steps = await until(() => Promise.resolve(recorded(this.bench.stepsFile)), `steps of: ${name}`);
    const counts = new Map<string, number>();
    return steps.map(({ step, detail }) => {
      const key = `${step} ${detail}`;
      const nth = (counts.get(key) ?? 0) + 1;
      counts.set(key, nth);
      return { step, detail, nth };
    });
  }

  async run(name: string, point: Point): Promise<RunResult> {
    const operation = operationOf(name);
    await this.bench.untilWorkersReady();
    const scene = await this.#scene(operation);
    this.bench.arm(point);
    const started = performance.now();
    let fault: string | undefined;
    let end = 'unknown';
    try {
      const status = await this.#ask(operation, scene);
      await until(() => Promise.resolve(this.bench.sprung || undefined), 'step reached', 15_000);
      this.bench.disarm();
      await this.bench.untilWorkersReady();
      const state = await operation.look(this.bench.api, scene);
      end = this.#verdict(operation, scene, state);
      if (end === 'half') fault = `half done: ${JSON.stringify(state)}`;
      else if (status < 300 && end !== 'done') fault = `answered ${status}, and is not done`;
      else if (end === 'undone') {
        const again = await this.#ask(operation, scene);
        const after = await operation.look(this.bench.api, scene);
        if (this.#verdict(operation, scene, after) !== 'done')
          fault = `asked again: ${again}, ${JSON.stringify(after)}`;
      }
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
    }
    const { sprung } = this.bench;
    this.bench.disarm();
    return { operation: name, point, sprung, end, fault, elapsedMs: performance.now() - started };
  }

  #verdict(operation: NetworkOperation, scene: Scene, state: Row): 'done' | 'undone' | 'half' {
    if (isDeepStrictEqual(state, operation.done(scene))) return 'done';
    return isDeepStrictEqual(state, operation.undone(scene)) ? 'undone' : 'half';
  }

  async #ask(operation: NetworkOperation, scene: Scene): Promise<number> {
    const { method, path, body } = operation.request(scene);
    const answer = await this.bench.api.request('network', method, `/v2.0/${path}`, { body });
    if (![200, 201, 503, 504].includes(answer.status)) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.status;
  }

  async #scene(operation: NetworkOperation): Promise<Scene> {
    const serial = (this.#serial += 1);
    const make = async (path: string, name: string, body: object): Promise<string> => {
      const answer = await this.bench.api.expect(201, 'network', 'POST', `/v2.0/${path}`, { body: { [name]: body } });
      return String(Reflect.get(Object(answer[name]), 'id'));
    };
    const external = await make('networks', 'network', { 'router:external': true });
    await make('subnets', 'subnet', { network_id: external, ip_version: 4, cidr: `172.${16 + (serial % 16)}.0.0/24` });
    const network = await make('networks', 'network', {});
    const subnet = await make('subnets', 'subnet', { network_id: network, ip_version: 4, cidr: '10.3.0.0/24' });
    const router = await make('routers', 'router', {});
    const port = await make('ports', 'port', { network_id: network });
    const floating = await make('floatingips', 'floatingip', { floating_network_id: external });
    const scene = { external, network, subnet, router, port, floating };
    await operation.before(this.bench.api, scene);
    return scene;
  }
}

function operationOf(name: string): NetworkOperation {
  const operation = NETWORK_OPERATIONS[name];
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation;
}

/** Undefined while the request's own message is not acknowledged. */
function recorded(file: string): readonly Omit<Point, 'nth'>[] | undefined {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const steps = lines.map((line) => JSON.parse(line) as Omit<Point, 'nth'>);
  const own = steps.filter(({ detail }) => OF_A_REQUEST.test(detail));
  return own.some(({ step }) => step === 'ack.after') ? own : undefined;
}
