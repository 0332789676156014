import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ApiClient, until } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { compiled } from '#testing/program';
import type { GuestsUnderTest } from '#testing/guests-under-test';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';
import { DatabaseProbe, faultOf } from './durable-state.js';
import type { DurableState } from './durable-state.js';
import { OPERATIONS } from './operations.js';
import type { CrashOperation, CrashSubject } from './operations.js';
import type { Trap } from './preload.js';

export type Point = Omit<Trap, 'id'>;

export interface RunResult {
  readonly operation: string;
  readonly point: Point;
  /** Whether the step was reached, so that a worker died. */
  readonly sprung: boolean;
  /** How it ended, as vm_state or `gone`. */
  readonly end: string;
  readonly fault: string | undefined;
  readonly elapsedMs: number;
}

/** What every operation comes by. */
const KINDS = ['commit', 'publish', 'confirm', 'ack', 'driver'].flatMap((kind) => [`${kind}.before`, `${kind}.after`]);

/** Each run makes a scene of its own. */
const NO_NETWORK_QUOTAS = Object.fromEntries(
  ['NETWORK', 'SUBNET', 'PORT', 'ROUTER', 'FLOATINGIP'].map((name) => [`OS_QUOTAS__QUOTA_${name}`, '-1']),
);

/** What workers do besides, at their own times. */
const NOT_OF_A_SERVER = /heartbeat|sweep|periodic|report|repair|revocation|versions|present|port_list|^$/;

/** Each run has to end within this. */
const RUN_LIMIT_MS = 30_000;
/** Emulated guests take their time to boot. */
const GUEST_LIMIT_MS = 180_000;
/** What a killed worker left is swept every 15 seconds. */
const SWEPT_MS = 60_000;

export interface BenchOptions {
  readonly deferred?: boolean;
  /** Servers are virtual machines of QEMU, of which nothing may be left after each run. */
  readonly guests?: GuestsUnderTest;
}

/** Two workers and a gateway on RabbitMQ and PostgreSQL, and a trap for the workers. */
export class CrashBench {
  readonly #pair: Pair;
  readonly #cloud: Cloud;
  readonly #probe: DatabaseProbe;
  readonly #network: string;
  readonly #image: string;
  readonly #directory: string;
  readonly #guests: GuestsUnderTest | undefined;
  readonly #limitMs: number;
  #serial = 0;
  /** The host that was taken out of service for a run. */
  #down: string | undefined;

  private constructor(
    pair: Pair,
    cloud: Cloud,
    probe: DatabaseProbe,
    network: string,
    image: string,
    directory: string,
    guests: GuestsUnderTest | undefined,
  ) {
    this.#guests = guests;
    this.#limitMs = guests === undefined ? RUN_LIMIT_MS : GUEST_LIMIT_MS;
    this.#directory = directory;
    this.#pair = pair;
    this.#cloud = cloud;
    this.#probe = probe;
    this.#network = network;
    this.#image = image;
  }

  /** Deletes are deferred there or not, which some operations need one way and some the other. */
  static async start({ deferred = false, guests }: BenchOptions = {}): Promise<CrashBench> {
    const directory = mkdtempSync(join(tmpdir(), 'albireo-crash-'));
    const preload = pathToFileURL(compiled('test/crash/preload.js')).href;
    const pair = await startPair({
      workers: 2,
      env: {
        OS_API__REQUEST_TIMEOUT: '6',
        OS_QUOTA__INSTANCES: '-1',
        OS_QUOTA__CORES: '-1',
        OS_QUOTA__RAM: '-1',
        ...NO_NETWORK_QUOTAS,
        OS_FAKE__HOSTS: '3',
        // A shelved server goes off its host when it is told to.
        OS_DEFAULT__SHELVED_OFFLOAD_TIME: '-1',
        OS_DEFAULT__RECLAIM_INSTANCE_INTERVAL: deferred ? '3600' : '0',
        ...guests?.env,
      },
      worker: () => ({
        nodeArgs: ['--import', preload],
        env: { ALBIREO_TEST_STEPS: stepsIn(directory), ALBIREO_TEST_ARMED: armedIn(directory) },
      }),
    });
    const api = new ApiClient(pair.ports);
    await api.login();
    const cloud = new Cloud(api);
    const probe = await DatabaseProbe.connect(pair.databaseUrl);
    const network = await cloud.createNetwork('crash', '10.8.0.0/16');
    const image = guests === undefined ? await cloud.imageId() : await guests.uploadImage(api);
    return new CrashBench(pair, cloud, probe, network, image, directory, guests);
  }

  async stop(): Promise<void> {
    await this.#probe.close();
    await this.#guests?.kill();
    await this.#pair.stop();
    await this.#guests?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Runs the operation once without a trap and answers every step that it came by, with repeats counted. */
  async points(operation: string): Promise<Point[]> {
    const file = stepsIn(this.#directory);
    const prepared = await this.#prepare(operation);
    writeFileSync(file, '');
    await this.#request(operation, prepared);
    await this.#untilSettled(prepared, operation);
    const steps = await until(() => Promise.resolve(recorded(file, operation)), `every step of ${operation}`);
    const counts = new Map<string, number>();
    const points: Point[] = [];
    for (const { step, detail } of steps) {
      if (NOT_OF_A_SERVER.test(detail)) continue;
      const key = `${step} ${detail}`;
      const nth = (counts.get(key) ?? 0) + 1;
      counts.set(key, nth);
      points.push({ step, detail, nth });
    }
    await this.#cleanUp(prepared);
    const missing = KINDS.filter((kind) => !points.some(({ step }) => step === kind));
    if (missing.length > 0) throw new Error(`${operation} came by no ${missing.join(', ')}`);
    return points;
  }

  /**
   * The operation, with a worker killed at the point; then waits for the end that the product promises. A step may be
   * missed when the workers take another way once, so a run without a death is repeated.
   */
  async run(operation: string, point: Point): Promise<RunResult> {
    let result = await this.#runOnce(operation, point);
    for (let more = 2; more > 0 && !result.sprung; more -= 1) result = await this.#runOnce(operation, point);
    return result;
  }

  async #runOnce(operation: string, point: Point): Promise<RunResult> {
    await this.untilWorkersReady();
    const prepared = await this.#prepare(operation);
    this.arm(point);
    const started = performance.now();
    let fault: string | undefined;
    let end: DurableState | undefined;
    try {
      const status = await this.#request(operation, prepared);
      // Nothing is judged before the worker is dead: the state may look finished while it still runs to the step.
      await until(() => Promise.resolve(this.sprung || undefined), 'step reached', this.#limitMs / 2);
      end = await this.#untilSettled(prepared, operation);
      fault = wrongEnd(operation, status, endOf(end));
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
    }
    const elapsedMs = performance.now() - started;
    if (fault === undefined && elapsedMs > this.#limitMs) fault = `took ${Math.round(elapsedMs)} ms`;
    const { sprung } = this;
    this.disarm();
    await this.#cleanUp(prepared);
    fault ??= await this.#leftOfGuests();
    return { operation, point, sprung, end: end === undefined ? 'unknown' : endOf(end), fault, elapsedMs };
  }

  get api(): ApiClient {
    return this.#cloud.api;
  }

  /** Where the workers write down their steps. */
  get stepsFile(): string {
    return stepsIn(this.#directory);
  }

  /** Whether a worker has died at the point. */
  get sprung(): boolean {
    return existsSync(`${armedIn(this.#directory)}.sprung`);
  }

  /** From now on the first worker that comes by the point dies there. */
  arm(point: Point): void {
    const armed = armedIn(this.#directory);
    rmSync(`${armed}.sprung`, { force: true });
    const trap: Trap = { id: `${(this.#serial += 1)}`, ...point };
    writeFileSync(`${armed}.new`, JSON.stringify(trap));
    renameSync(`${armed}.new`, armed);
  }

  disarm(): void {
    rmSync(armedIn(this.#directory), { force: true });
  }

  /** The worker that the run before has killed is replaced by its launcher: each run begins with both. */
  async untilWorkersReady(): Promise<void> {
    for (const [name, program] of this.#pair.programs) {
      if (!name.startsWith('worker')) continue;
      const port = /health listening on 127\.0\.0\.1:(\d+)/.exec(program.output)?.[1];
      await until(async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
        return answer?.ok === true ? true : undefined;
      }, `${name} ready`);
    }
  }

  async #prepare(operation: string): Promise<string> {
    const name = `crash-${(this.#serial += 1)}`;
    if (operation === 'create') return name;
    const id = await this.#cloud.createServer(name, this.#network, this.#image);
    await this.#cloud.untilStatus(id, 'ACTIVE', this.#limitMs);
    await this.#untilSettled(name);
    const { after = [], hostDown = false } = operationOf(operation);
    for (const earlier of after) {
      await this.#request(earlier, name);
      const { server } = await this.#untilSettled(name, earlier);
      if (server?.vm_state !== operationOf(earlier).end) throw new Error(`${earlier} ended in ${server?.vm_state}`);
    }
    if (hostDown) await this.#forceDown(id, true);
    return name;
  }

  /** The host of a server, out of service or in again. */
  async #forceDown(id: string, isDown: boolean): Promise<void> {
    const host = isDown ? (await this.#cloud.server(id))?.['OS-EXT-SRV-ATTR:host'] : this.#down;
    if (host === undefined) return;
    const body = { host, binary: 'nova-compute', forced_down: isDown };
    const headers = { 'OpenStack-API-Version': 'compute 2.11' };
    await this.#cloud.api.expect(200, 'osapi_compute', 'PUT', '/v2.1/os-services/force-down', { body, headers });
    this.#down = isDown && typeof host === 'string' ? host : undefined;
  }

  /** The client's request. An error of the server's is an answer, too: the caller knows and could decide. */
  async #request(operation: string, name: string): Promise<number> {
    const id = (await this.#probe.serverIdByName(name)) ?? '';
    const subject = { id, name, image: this.#image, network: this.#network, port: await this.#probe.lastPort(id) };
    const { method, path, body } = operationOf(operation).request(subject satisfies CrashSubject);
    const answer = await this.#cloud.api.request('osapi_compute', method, `/v2.1${path}`, {
      ...(body !== undefined && { body }),
      headers: { 'OpenStack-API-Version': 'compute 2.60' },
    });
    if (![200, 202, 204, 503, 504].includes(answer.status)) {
      throw new Error(`${operation}: ${answer.status} ${answer.text}`);
    }
    return answer.status;
  }

  /** Waits for an allowed end; a run without one is told with what was found last. */
  async #untilSettled(name: string, operation = 'create'): Promise<DurableState> {
    let last = 'nothing looked at';
    try {
      return await until(
        async () => {
          const state = await this.#state((await this.#probe.serverIdByName(name)) ?? NO_ID);
          last = faultOf(state, Math.max(...[operation, ...(operationOf(operation).after ?? [])].map(portsOf))) ?? '';
          return last === '' ? state : undefined;
        },
        `${name} settled`,
        this.#limitMs,
      );
    } catch (error) {
      throw new Error(`${name} did not settle: ${last}`, { cause: error });
    }
  }

  async #cleanUp(name: string): Promise<void> {
    await this.untilWorkersReady();
    const id = await this.#probe.serverIdByName(name);
    await this.#forceDown('', false);
    if (id === undefined || (await this.#cloud.server(id)) === undefined) return;
    await until(async () => {
      const body = { forceDelete: null };
      const answer = await this.#cloud.api.request('osapi_compute', 'POST', `/v2.1/servers/${id}/action`, { body });
      return answer.status === 202 || answer.status === 404 ? true : undefined;
    }, `${name} deleted`);
    await this.#cloud.untilGone(id, this.#limitMs);
  }

  /** Machines of the fake driver are rows, those of QEMU processes. */
  async #state(id: string): Promise<DurableState> {
    const state = await this.#probe.state(id);
    return this.#guests === undefined ? state : { ...state, machines: this.#guests.processesOf(id) };
  }

  async #leftOfGuests(): Promise<string | undefined> {
    let left: readonly string[] = [];
    const look = async (): Promise<true | undefined> => {
      left = (await this.#guests?.left()) ?? [];
      return left.length === 0 ? true : undefined;
    };
    const isClean = await until(look, 'nothing left of guests', SWEPT_MS).catch(() => false);
    return isClean ? undefined : `left: ${left.join('; ')}`;
  }
}

/** The steps of an operation that has ended; undefined while it has not. */
function recorded(file: string, operation: string): Omit<Point, 'nth'>[] | undefined {
  const { first = 'server_act', last: [last, nth] = ['act_on_instance', 1] } = operationOf(operation);
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const steps = lines.map((line) => JSON.parse(line) as Omit<Point, 'nth'>);
  if (steps.filter(({ step, detail }) => step === 'ack.after' && detail === last).length < nth) return undefined;
  return steps.slice(steps.findIndex(({ step, detail }) => step === 'ack.before' && detail === first));
}

function stepsIn(directory: string): string {
  return join(directory, 'steps');
}

function armedIn(directory: string): string {
  return join(directory, 'armed');
}

/** vm_state, or `gone`. */
function endOf({ server }: DurableState): string {
  return server === null || server.deleted ? 'gone' : server.vm_state;
}

/** An accepted request takes effect; one that the client was told an error about may have taken effect or not. */
function wrongEnd(operation: string, status: number, end: string): string | undefined {
  const { after = [], end: wanted } = operationOf(operation);
  const before = operation === 'create' ? 'gone' : operationOf(after.at(-1) ?? 'create').end;
  const allowed = status < 300 ? [wanted, 'error'] : [wanted, 'error', before];
  return allowed.includes(end) ? undefined : `answered ${status}, and ended ${end}`;
}

function operationOf(name: string): CrashOperation {
  const found = OPERATIONS[name];
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

function portsOf(operation: string): number {
  return operationOf(operation).ports ?? 1;
}

const NO_ID = '00000000-0000-0000-0000-000000000000';
