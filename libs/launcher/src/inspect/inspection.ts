import { HealthOptions, LauncherOptions } from '../options.js';
import type { Configuration } from '#libs/config';
import { Backdoor } from './backdoor.js';
import type { GroupSet } from '../workers/group-set.js';
import { HealthServer } from './health-server.js';
import type { HealthSources } from './health-server.js';
import type { Readiness } from '../workers/readiness.js';
import { formatState } from './state-report.js';
import type { StateReport } from './state-report.js';
import { gatherMetrics } from '../workers/worker-metrics.js';

/** The data sources about the program. */
export interface InspectionSources {
  readonly groups: GroupSet;
  readonly readiness: () => Readiness;
  readonly state: () => Promise<StateReport>;
  readonly page?: HealthSources['page'] | undefined;
}

/** The ways to inspect the program that the options enable: the listener for probes and the console. */
export class Inspection {
  readonly #config: Configuration;
  readonly #sources: InspectionSources;
  #health: HealthServer | undefined;
  #backdoor: Backdoor | undefined;
  #healthPort: number | undefined;

  constructor(config: Configuration, sources: InspectionSources) {
    this.#config = config;
    this.#sources = sources;
  }

  /** The port of the listener for probes; undefined = off. */
  get healthPort(): number | undefined {
    return this.#healthPort;
  }

  /** Binds the addresses that are not bound yet. Throws LauncherError. */
  async open(): Promise<void> {
    await this.#listenForHealth();
    await this.#openBackdoor();
  }

  close(): void {
    this.#health?.close();
    this.#backdoor?.close();
  }

  async #listenForHealth(): Promise<void> {
    const { listen: host, port } = this.#config.get(HealthOptions);
    if (this.#health !== undefined || port < 0) return;
    const { groups, readiness, state, page } = this.#sources;
    this.#health = new HealthServer({
      ...(page !== undefined && { page }),
      readiness,
      hasStarted: () => groups.haveStarted,
      metrics: () => gatherMetrics(groups.all),
      report: async (form) => (form === 'json' ? JSON.stringify(await state(), null, 2) : formatState(await state())),
    });
    this.#healthPort = await this.#health.listen(host, port);
  }

  async #openBackdoor(): Promise<void> {
    const { backdoorPort = '' } = this.#config.get(LauncherOptions);
    if (backdoorPort === '' || this.#backdoor !== undefined) return;
    const { readiness, state } = this.#sources;
    this.#backdoor = new Backdoor({
      report: async () => formatState(await state()),
      json: async () => JSON.stringify(await state()),
      services: () => readiness().lines.join('\n'),
    });
    await this.#backdoor.listen(backdoorPort);
  }
}
