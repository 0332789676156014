import { execFile, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { PYTHON } from '#testing/peers';

const run = promisify(execFile);

const PROGRAMS = ['nova-api', 'nova-conductor', 'nova-scheduler', 'nova-compute', 'placement-api', 'neutron-server'];
const PACKAGES = [...PROGRAMS, 'neutron-plugin-ml2', 'python3-psycopg2'];

/** Why the peers cannot be measured here, or undefined. */
export function missingPeers(): string | undefined {
  const missing = PROGRAMS.map((name) => `/usr/bin/${name}`).find((path) => !existsSync(path));
  const hasDriver = spawnSync(PYTHON, ['-c', 'import psycopg2']).status === 0;
  if (missing === undefined && hasDriver) return undefined;
  const what = missing === undefined ? `psycopg2 for ${PYTHON}` : missing;
  return `there is no ${what}. On Debian: apt-get install --no-install-recommends ${PACKAGES.join(' ')}`;
}

/** Runs one of the peers' tools to its end; rejects with what it said. */
export async function runTool(program: string, args: readonly string[], folder: string): Promise<string> {
  try {
    const { stdout } = await run(`/usr/bin/${program}`, [...args], { env: environment(folder), maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).slice(-2000) : '';
    throw new Error(`${program} ${args.join(' ')} failed: ${said}`, { cause: error });
  }
}

function environment(folder: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', PYTHONPATH: folder };
}

/** A running service of a peer. */
export class PeerProgram {
  readonly #child: ChildProcess;
  #said = '';

  constructor(
    readonly name: string,
    args: readonly string[],
    folder: string,
  ) {
    const stdio = ['ignore', 'ignore', 'pipe'] as const;
    this.#child = spawn(`/usr/bin/${name}`, [...args], { env: environment(folder), stdio: [...stdio] });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#said = (this.#said + chunk.toString()).slice(-3000)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get said(): string {
    return this.#said;
  }

  /** Asks until something answers; rejects when the program ends or three minutes are over. */
  async untilAnswers(url: string): Promise<void> {
    const until = performance.now() + 180_000;
    for (;;) {
      try {
        await fetch(url);
        return;
      } catch {
        if (this.#child.exitCode !== null || performance.now() > until)
          throw new Error(`${this.name} does not answer:\n${this.#said}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  /** SIGTERM, and SIGKILL when that was not heard for 20 s. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(timer);
  }
}
