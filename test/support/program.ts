import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingPath } from './missing-path.js';
import { endWithProcess } from './until-signal.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Path of a compiled file below dist/. */
export function compiled(path: string): string {
  return join(root, 'dist', path);
}

/** Path of a program: the compiled one, or that of the folder ALBIREO_TEST_PROGRAMS (`bundle`, as in the image). */
export function programFile(name: ProgramName, folder = process.env['ALBIREO_TEST_PROGRAMS'] ?? 'dist'): string {
  return join(root, folder, PROGRAMS[name]);
}

export const PROGRAMS = {
  albireo: 'apps/cloud/src/main.js',
  'albireo-server': 'apps/server/src/main.js',
  'albireo-gateway': 'apps/gateway/src/main.js',
  'albireo-gateway-compute': 'apps/gateway/src/main-compute.js',
  'albireo-gateway-metadata': 'apps/gateway/src/main-metadata.js',
  'albireo-worker': 'apps/worker/src/main.js',
  'albireo-manage': 'apps/manage/src/main.js',
  'albireo-novncproxy': 'apps/consoles/src/main-novnc.js',
  'albireo-serialproxy': 'apps/consoles/src/main-serial.js',
  'albireo-spicehtml5proxy': 'apps/consoles/src/main-spicehtml5.js',
} as const;
export type ProgramName = keyof typeof PROGRAMS;

/** What no test asks for by its number; several programs run at once. */
const FREE_PORTS = {
  OS_VNC__NOVNCPROXY_PORT: '0',
  OS_SERIAL_CONSOLE__SERIALPROXY_PORT: '0',
  OS_SPICE__HTML5PROXY_PORT: '0',
};

export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Added to a minimal environment; options go in as `OS_<GROUP>__<OPTION>`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments for node itself, e.g. `--import`. */
  readonly nodeArgs?: readonly string[];
  /** The working directory; that of the tests unless given. */
  readonly cwd?: string;
  /** Where the programs are, below the root of the project. */
  readonly folder?: string;
}

/** A started program: its output, its end, and ways to end it. */
export class Program {
  readonly #child: ChildProcess;
  #output = '';
  readonly #listeners = new Set<() => void>();
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(name: ProgramName, options: ProgramOptions = {}) {
    this.#child = spawn(
      process.execPath,
      [...(options.nodeArgs ?? []), programFile(name, options.folder), ...(options.args ?? [])],
      {
        env: { PATH: process.env['PATH'] ?? '', HOME: missingPath, ...FREE_PORTS, ...options.env },
        cwd: options.cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child.once('exit', endWithProcess(this.#child));
    const collect = (chunk: Buffer): void => {
      this.#output += chunk.toString('utf8');
      for (const listener of this.#listeners) listener();
    };
    this.#child.stdout?.on('data', collect);
    this.#child.stderr?.on('data', collect);
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      for (const listener of this.#listeners) listener();
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the program did not start');
    return this.#child.pid;
  }

  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Resolves with the match as soon as the output holds it; rejects with the output when the program ends or time is up. */
  waitForOutput(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        act();
      };
      const look = (): void => {
        const match = pattern.exec(this.#output);
        if (match !== null) finish(() => resolve(match));
        else if (!this.running) finish(() => reject(new Error(`ended before ${pattern}:\n${this.#output}`)));
      };
      const timer = setTimeout(() => {
        finish(() => reject(new Error(`no ${pattern} within ${timeoutMs} ms:\n${this.#output}`)));
      }, timeoutMs);
      this.#listeners.add(look);
      look();
    });
  }

  /** SIGTERM, and the exit status; SIGKILL after `timeoutMs`, which is an error. */
  async stop(timeoutMs = 20_000): Promise<number | null> {
    if (this.running) this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), timeoutMs);
    const { code, signal } = await this.ended;
    clearTimeout(timer);
    if (signal === 'SIGKILL') throw new Error(`did not stop within ${timeoutMs} ms:\n${this.#output}`);
    return code;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}

/** Runs a program to its end and answers its status and output. */
export async function runProgram(
  name: ProgramName,
  options: ProgramOptions = {},
): Promise<{ code: number | null; output: string }> {
  const program = new Program(name, options);
  const { code } = await program.ended;
  return { code, output: program.output };
}
