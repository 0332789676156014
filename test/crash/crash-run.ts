import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ApiClient, until } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { compiled } from '#testing/program';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';
import { DatabaseProbe, faultOf } from './durable-state.js';
import type { DurableState } from './durable-state.js';
import type { Trap } from './preload.js';

export const OPERATIONS = ['create', 'delete', 'reboot'] as const;
export type Operation = (typeof OPERATIONS)[number];

export type Point = Omit<Trap, 'id'>;

export interface RunResult {
  readonly operation: Operation;
  readonly point: Point;
  /** Whether the step was reached, so that a worker died. */
  readonly sprung: boolean;
  /** How it ended, as vm_state or `gone`. */
  readonly end: string;
  readonly fault: string | undefined;
  readonly elapsedMs: number;
}

/** Each run has to end within this. */
const RUN_LIMIT_MS = 30_000;

/** Two workers and a gateway on RabbitMQ and PostgreSQL, and a trap for the workers. */
export class CrashBench {
  readonly #pair: Pair;
  readonly #cloud: Cloud;
  readonly #probe: DatabaseProbe;
  readonly #network: string;
  readonly #image: string;
  #serial = 0;

  private constructor(pair: Pair, cloud: Cloud, probe: DatabaseProbe, network: string, image: string) {
    this.#pair = pair;
    this.#cloud = cloud;
    this.#probe = probe;
    this.#network = network;
    this.#image = image;
  }

  static async start(): Promise<CrashBench> {
    const preload = pathToFileURL(compiled('test/crash/preload.js')).href;
    const pair = await startPair({
      workers: 2,
      env: { OS_API__REQUEST_TIMEOUT: '6', OS_QUOTA__INSTANCES: '-1', OS_QUOTA__CORES: '-1', OS_QUOTA__RAM: '-1' },
      worker: () => ({ nodeArgs: ['--import', preload], env: CrashBench.#files() }),
    });
    const api = new ApiClient(pair.ports);
    await api.login();
    const cloud = new Cloud(api);
    const probe = await DatabaseProbe.connect(pair.databaseUrl);
    return new CrashBench(pair, cloud, probe, await cloud.createNetwork('crash', '10.8.0.0/16'), await cloud.imageId());
  }

  static #files(): Record<string, string> {
    const base = join(process.env['TMPDIR'] ?? '/tmp', `albireo-crash-${process.pid}`);
    return { ALBIREO_TEST_STEPS: `${base}.steps`, ALBIREO_TEST_ARMED: `${base}.armed` };
  }

  async stop(): Promise<void> {
    await this.#probe.close();
    await this.#pair.stop();
    for (const file of Object.values(CrashBench.#files())) {
      rmSync(file, { force: true });
      rmSync(`${file}.sprung`, { force: true });
    }
  }

  /** Runs the operation once without a trap and answers every step that it came by, with repeats counted. */
  async points(operation: Operation): Promise<Point[]> {
    const { ALBIREO_TEST_STEPS: file = '' } = CrashBench.#files();
    const prepared = await this.#prepare(operation);
    if (existsSync(file)) truncateSync(file);
    await this.#request(operation, prepared);
    await this.#untilSettled(prepared);
    const counts = new Map<string, number>();
    const points: Point[] = [];
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const { step, detail, pid } = JSON.parse(line) as { step: string; detail: string; pid: number };
      if (/heartbeat|sweep|periodic|report|repair/.test(detail)) continue;
      const key = `${pid} ${step} ${detail}`;
      const nth = (counts.get(key) ?? 0) + 1;
      counts.set(key, nth);
      if (!points.some((known) => known.step === step && known.detail === detail && known.nth === nth)) {
        points.push({ step, detail, nth });
      }
    }
    await this.#cleanUp(prepared);
    return points;
  }

  /** One run: the operation, with a worker killed at the point; then waits for the end that the product promises. */
  async run(operation: Operation, point: Point): Promise<RunResult> {
    const { ALBIREO_TEST_ARMED: armed = '' } = CrashBench.#files();
    await this.#untilWorkersReady();
    const prepared = await this.#prepare(operation);
    rmSync(`${armed}.sprung`, { force: true });
    const trap: Trap = { id: `${process.pid}-${(this.#serial += 1)}`, ...point };
    writeFileSync(`${armed}.new`, JSON.stringify(trap));
    renameSync(`${armed}.new`, armed);
    const started = performance.now();
    let fault: string | undefined;
    let end: DurableState | undefined;
    try {
      await this.#request(operation, prepared);
      end = await this.#untilSettled(prepared);
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
    }
    const elapsedMs = performance.now() - started;
    const sprung = existsSync(`${armed}.sprung`);
    rmSync(armed, { force: true });
    const ended = end?.server === null || end?.server.deleted === true ? 'gone' : String(end?.server?.vm_state);
    await this.#cleanUp(prepared);
    return { operation, point, sprung, end: ended, fault, elapsedMs };
  }

  /** The worker that the run before has killed is replaced by its launcher: each run begins with both. */
  async #untilWorkersReady(): Promise<void> {
    for (const [name, program] of this.#pair.programs) {
      if (!name.startsWith('worker')) continue;
      const port = /health listening on 127\.0\.0\.1:(\d+)/.exec(program.output)?.[1];
      await until(async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
        return answer?.ok === true ? true : undefined;
      }, `${name} ready`);
    }
  }

  async #prepare(operation: Operation): Promise<string> {
    const name = `crash-${(this.#serial += 1)}`;
    if (operation === 'create') return name;
    const id = await this.#cloud.createServer(name, this.#network, this.#image);
    await this.#cloud.untilStatus(id, 'ACTIVE');
    await this.#untilSettled(name);
    return name;
  }

  /** The client's request. An error of the server's is an answer, too: the caller knows and could decide. */
  async #request(operation: Operation, name: string): Promise<void> {
    const id = (await this.#probe.serverIdByName(name)) ?? '';
    const body = {
      server: { name, imageRef: this.#image, flavorRef: '1', networks: [{ uuid: this.#network }] },
    };
    const answer =
      operation === 'create'
        ? await this.#cloud.api.request('osapi_compute', 'POST', '/v2.1/servers', { body })
        : operation === 'delete'
          ? await this.#cloud.api.request('osapi_compute', 'DELETE', `/v2.1/servers/${id}`)
          : await this.#cloud.api.request('osapi_compute', 'POST', `/v2.1/servers/${id}/action`, {
              body: { reboot: { type: 'HARD' } },
            });
    if (![202, 204, 503, 504].includes(answer.status)) throw new Error(`${operation}: ${answer.status} ${answer.text}`);
  }

  /** Waits for an allowed end; a run without one is told with what was found last. */
  async #untilSettled(name: string): Promise<DurableState> {
    let last = 'nothing looked at';
    try {
      return await until(
        async () => {
          const state = await this.#probe.state((await this.#probe.serverIdByName(name)) ?? NO_ID);
          last = faultOf(state) ?? '';
          return last === '' ? state : undefined;
        },
        `${name} settled`,
        RUN_LIMIT_MS,
      );
    } catch (error) {
      throw new Error(`${name} did not settle: ${last}`, { cause: error });
    }
  }

  async #cleanUp(name: string): Promise<void> {
    await this.#untilWorkersReady();
    const id = await this.#probe.serverIdByName(name);
    if (id === undefined || (await this.#cloud.server(id)) === undefined) return;
    await until(async () => {
      const answer = await this.#cloud.api.request('osapi_compute', 'DELETE', `/v2.1/servers/${id}`);
      return answer.status === 204 || answer.status === 404 ? true : undefined;
    }, `${name} deleted`);
    await this.#cloud.untilGone(id);
  }
}

const NO_ID = '00000000-0000-0000-0000-000000000000';
