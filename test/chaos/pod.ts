import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '#testing/free-port';
import { Program } from '#testing/program';
import type { ProgramName } from '#testing/program';
import { stackEnvironment } from '#testing/stack';
import type { ApiPorts } from '#testing/stack';

/** What Kubernetes is told of a pod; milliseconds. */
export interface PodTimes {
  /** `[DEFAULT] drain_delay`. */
  readonly drainDelayMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  readonly probePeriodMs: number;
  /** How long a pod that was told to end still gets new connections: endpoints change after the signal. */
  readonly endpointLagMs: number;
}

/** How long a pod may take to get ready: the chart's startup probe. */
const STARTUP_MS = 120_000;

/** One program as a kubelet runs it: probed on its health port, ended by SIGTERM, the grace and SIGKILL. */
export class Pod {
  readonly #program: Program;
  readonly #probing: Promise<void>;
  #ready = false;
  #listed = true;
  #gone = false;

  private constructor(
    readonly name: string,
    program: ProgramName,
    readonly ports: ApiPorts,
    readonly healthPort: number,
    env: Readonly<Record<string, string>>,
    readonly times: PodTimes,
    folder: string | undefined,
  ) {
    this.#program = new Program(program, { env, ...(folder === undefined ? {} : { folder }) });
    void this.#program.ended.then(() => {
      this.#gone = true;
      this.#ready = false;
    });
    this.#probing = this.#probe();
  }

  /** @param folder of the programs, as `ProgramOptions.folder`. */
  static async create(
    name: string,
    program: ProgramName,
    directory: string,
    env: Readonly<Record<string, string>>,
    times: PodTimes,
    folder?: string,
  ): Promise<Pod> {
    const [identity = 0, osapi_compute = 0, metadata = 0, image = 0, network = 0, health = 0] = await freePorts(6);
    const ports = { identity, osapi_compute, metadata, image, network };
    const own = {
      ...stackEnvironment(directory, ports),
      OS_HEALTH__PORT: String(health),
      OS_DEFAULT__DRAIN_DELAY: String(times.drainDelayMs / 1000),
      ...env,
    };
    return new Pod(name, program, ports, health, own, times, folder);
  }

  /** Whether a Service gives it new connections. */
  get isEndpoint(): boolean {
    return this.#ready && this.#listed;
  }

  get pid(): number {
    return this.#program.pid;
  }

  get log(): string {
    return this.#program.output;
  }

  /** What `/readyz?verbose` tells. */
  async readiness(): Promise<string> {
    const signal = AbortSignal.timeout(3_000);
    const answer = await fetch(`http://127.0.0.1:${this.healthPort}/readyz?verbose`, { signal });
    return answer.text();
  }

  async #probe(): Promise<void> {
    let failures = 0;
    while (!this.#gone) {
      const answer = await fetch(`http://127.0.0.1:${this.healthPort}/readyz`, {
        signal: AbortSignal.timeout(3_000),
      }).catch(() => undefined);
      failures = answer?.ok === true ? 0 : failures + 1;
      await answer?.body?.cancel();
      // As the chart's readiness probe: one success, two failures.
      if (failures === 0) this.#ready = true;
      else if (failures >= 2) this.#ready = false;
      await sleep(this.times.probePeriodMs);
    }
  }

  async untilReady(): Promise<void> {
    const deadline = Date.now() + STARTUP_MS;
    while (!this.#ready) {
      if (this.#gone || Date.now() > deadline) {
        throw new Error(`${this.name} did not get ready:\n${this.log.slice(-4_000)}`);
      }
      await sleep(50);
    }
  }

  /** Ends it as Kubernetes does; answers what went wrong, or undefined. */
  async terminate(): Promise<string | undefined> {
    const unlist = setTimeout(() => (this.#listed = false), this.times.endpointLagMs);
    const kill = setTimeout(() => this.#program.signal('SIGKILL'), this.times.graceMs);
    this.#program.signal('SIGTERM');
    const { code, signal } = await this.#program.ended;
    clearTimeout(unlist);
    clearTimeout(kill);
    this.#listed = false;
    await this.#probing;
    if (signal !== null) return `${this.name} was still there after ${this.times.graceMs} ms`;
    return code === 0 ? undefined : `${this.name} ended with status ${String(code)}:\n${this.log.slice(-2_000)}`;
  }
}
