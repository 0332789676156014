import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PYTHON } from '#testing/peers';
import { parseExactly, stringifyExactly } from '../src/wire/exact-json.js';

const scripts = new URL('../../../../libs/messaging/test/python/', import.meta.url);
const rpcModes = ['serve', 'client'];

export type PeerEvent = Record<string, unknown>;

/** A process with the real oslo.messaging, controlled by lines of JSON. */
export class PythonPeer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #events: PeerEvent[] = [];
  readonly #waiting: ((event: PeerEvent) => void)[] = [];

  /** `extra`: the server's name, the listener's pool or the notifier's driver. */
  constructor(
    mode: 'serve' | 'client' | 'listen' | 'notify',
    url: string,
    exchange: string,
    topic: string,
    extra = '',
  ) {
    const script = fileURLToPath(new URL(rpcModes.includes(mode) ? 'rpc_peer.py' : 'notify_peer.py', scripts));
    const args = [script, mode, url.replace(/\/$/, '//'), exchange, topic, extra];
    this.#child = spawn(PYTHON, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.#child.stdout).on('line', (line) => {
      const event = parseExactly(line) as PeerEvent;
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
    this.#child.stdin.write(`${stringifyExactly(command)}\n`);
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
