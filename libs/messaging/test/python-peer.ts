import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PYTHON } from '#testing/peers';

const script = fileURLToPath(new URL('../../../../libs/messaging/test/python/rpc_peer.py', import.meta.url));

export type PeerEvent = Record<string, unknown>;

/** A process with the real oslo.messaging, spoken to by lines of JSON. */
export class PythonPeer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #events: PeerEvent[] = [];
  readonly #waiting: ((event: PeerEvent) => void)[] = [];

  constructor(mode: 'serve' | 'client', url: string, exchange: string, topic: string, host = '') {
    const args = [script, mode, url.replace(/\/$/, '//'), exchange, topic, host];
    this.#child = spawn(PYTHON, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.#child.stdout).on('line', (line) => {
      const event = JSON.parse(line) as PeerEvent;
      const next = this.#waiting.shift();
      if (next === undefined) this.#events.push(event);
      else next(event);
    });
  }

  /** The next line that it prints. */
  next(): Promise<PeerEvent> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve(event);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  run(command: Record<string, unknown>): Promise<PeerEvent> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    return this.next();
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3_000);
    await ended;
    clearTimeout(timer);
  }
}
