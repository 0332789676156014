import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PYTHON } from './peers.js';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const SCRIPT = fileURLToPath(new URL('../../../test/support/python/openstack_session.py', import.meta.url));

/** The `openstack` command in one process for many commands: its start takes longer than most of them. */
export class OpenstackSession {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(directory: string, cloudsFile: string) {
    const env = { PATH: '/usr/bin:/bin', HOME: directory, OS_CLIENT_CONFIG_FILE: cloudsFile, OS_CLOUD: 'albireo' };
    this.#child = spawn(PYTHON, [SCRIPT], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** One command after the other; never throws for a failing one. */
  async run(args: readonly string[]): Promise<CommandResult> {
    this.#child.stdin.write(`${JSON.stringify(args)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`the openstack session ended at: ${args.join(' ')}`);
    return JSON.parse(value) as CommandResult;
  }

  close(): void {
    this.#child.stdin.end();
  }
}
