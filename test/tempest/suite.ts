import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unlessSignalled } from '#testing/until-signal';
import { optionsFile } from './configurations.js';
import type { Options } from './configurations.js';
import { readOutcome } from './outcome.js';
import type { Outcome } from './outcome.js';

const run = promisify(execFile);

/** What results are of: tempest, and the suites that Neutron and Keystone add to it. */
export const PACKAGES = {
  tempest: '47.0.0',
  'neutron-tempest-plugin': '3.3.0',
  'keystone-tempest-plugin': '0.22.0',
} as const;

const LIST_BUFFER = 16 * 1024 * 1024;

/** tempest from PyPI, in a virtual environment and with a workspace of its own. */
export class Suite {
  readonly workspace: string;
  readonly #bin: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(readonly folder: string) {
    this.workspace = join(folder, 'workspace');
    this.#bin = join(folder, 'venv', 'bin');
    this.#environment = { PATH: `${this.#bin}:${process.env['PATH'] ?? ''}`, HOME: join(folder, 'home') };
  }

  /** Installs what is missing; the only step that needs a network. */
  async install(python: string): Promise<void> {
    await mkdir(join(this.folder, 'home'), { recursive: true });
    const packages = Object.entries(PACKAGES).map(([name, version]) => `${name}==${version}`);
    const installed = join(this.folder, `${packages.join('+')}.installed`);
    if (!existsSync(installed)) {
      await run(python, ['-m', 'venv', join(this.folder, 'venv')]);
      await run(join(this.#bin, 'pip'), ['install', '--quiet', ...packages]);
      await writeFile(installed, '');
    }
    if (existsSync(join(this.workspace, 'etc'))) return;
    await run(join(this.#bin, 'tempest'), ['init', this.workspace], { env: this.#environment });
  }

  async pythonVersion(): Promise<string> {
    const { stdout } = await run(join(this.#bin, 'python'), ['--version']);
    return stdout.trim().replace('Python ', '');
  }

  /** Writes tempest.conf. */
  async configure(...options: readonly Options[]): Promise<void> {
    await writeFile(join(this.workspace, 'etc', 'tempest.conf'), optionsFile(...options), { mode: 0o600 });
  }

  /**
   * Runs the tests that match, and tells each as it ends.
   *
   * @param name of the file below `folder` that keeps what stestr wrote
   * @param tests a regular expression of Python's
   * @param processes that share them
   */
  async play(name: string, tests: string, processes: number): Promise<Outcome> {
    const stestr = join(this.#bin, 'stestr');
    const options = { cwd: this.workspace, env: this.#environment };
    const { stdout: list } = await run(stestr, ['list', tests], { ...options, maxBuffer: LIST_BUFFER });
    const file = join(this.folder, `${name}.out`);
    const output = createWriteStream(file);
    const child = spawn(stestr, ['run', '--concurrency', String(processes), tests], {
      ...options,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (chunk: Buffer) => {
      output.write(chunk);
      for (const line of chunk.toString('utf8').split('\n')) if (/ \.\.\. (ok|FAILED)/.test(line)) console.log(line);
    });
    try {
      await unlessSignalled(once(child.stdout, 'end'));
    } finally {
      child.kill();
    }
    await new Promise((resolve) => output.end(resolve));
    return readOutcome(await readFile(file, 'utf8'), list);
  }
}
