import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programFile } from './program.js';
import type { ProgramName } from './program.js';

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command `albireo` with a folder of its own for its records. */
export class CloudCommand {
  readonly folder = mkdtempSync(join(tmpdir(), 'albireo-cloud-'));

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return this.#spawn('albireo', args, env);
  }

  /** `albireo-manage` with the same surroundings. */
  manage(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return this.#spawn('albireo-manage', args, env);
  }

  #spawn(program: ProgramName, args: readonly string[], env: Readonly<Record<string, string>>): Promise<CommandResult> {
    const child = spawn(process.execPath, [programFile(program), ...args], {
      env: { PATH: process.env['PATH'], HOME: this.folder, XDG_RUNTIME_DIR: this.folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  }

  /** Runs and answers what was printed; throws when the exit code is not 0. */
  async succeed(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string> {
    const { code, out, err } = await this.run(args, env);
    if (code !== 0) throw new Error(`albireo ${args.join(' ')} exited with ${code}:\n${out}${err}`);
    return out;
  }

  /** The variables that `albireo env` prints for a cloud. */
  async variables(name: string): Promise<Record<string, string>> {
    const text = await this.succeed(['env', '--name', name]);
    return Object.fromEntries([...text.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, key, value]) => [key, value]));
  }

  /** Ends every cloud that was started. */
  async close(): Promise<void> {
    await this.run(['stop', '--all']);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
