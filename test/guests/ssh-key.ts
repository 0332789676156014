import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A key pair of a user, and his ssh with it. */
export class SshKey {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'id');
    const { status, stderr } = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.#file], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`ssh-keygen: ${stderr}`);
  }

  get public(): string {
    return readFileSync(`${this.#file}.pub`, 'utf8').trim();
  }

  /** The options with which ssh logs in by this key alone, and takes each server's key. */
  get options(): readonly string[] {
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const patience = ['ConnectTimeout=20', 'IdentitiesOnly=yes'];
    return ['-F', 'none', '-i', this.#file, ...[...options, ...patience].flatMap((option) => ['-o', option])];
  }
}

/** Runs a program, and answers what it wrote; undefined where it did not end with 0. */
export function outputOf([program = '', ...args]: readonly string[], env = process.env): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += String(chunk)));
    child.stderr.on('data', () => undefined);
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0 ? text : undefined));
  });
}
