import type { Target, Tenant } from './target.js';

/** Longer than any of its requests may take, even on a machine that is busy with other things. */
const BOUND_MS = 10_000;

/** Another project, which reads while something is done: it must be answered all the while. */
export class Neighbour {
  readonly #tenant: Tenant;

  constructor(tenant: Tenant) {
    this.#tenant = tenant;
  }

  static async of(target: Target, name: string): Promise<Neighbour> {
    return new Neighbour(await target.tenant(name));
  }

  /** Reads over and over until `work` has ended, at least once, and answers what was wrong and how often it read. */
  async during(work: Promise<unknown>): Promise<{ readonly read: number; readonly findings: string[] }> {
    const findings: string[] = [];
    const state = { isOver: false };
    const over = work.finally(() => {
      state.isOver = true;
    });
    let read = 0;
    do {
      const startedMs = performance.now();
      const answer = await this.#tenant.client
        .request('network', 'GET', '/v2.0/networks', { timeoutMs: 2 * BOUND_MS })
        .catch((error: unknown) => ({ status: String(error) }));
      const tookMs = performance.now() - startedMs;
      read += 1;
      if (answer.status !== 200) findings.push(`another project's list of networks: ${answer.status}`);
      if (tookMs > BOUND_MS) findings.push(`another project's list of networks took ${Math.round(tookMs)} ms`);
    } while (!state.isOver);
    await over;
    return { read, findings };
  }
}
