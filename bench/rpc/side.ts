import { fork, spawn } from 'node:child_process';
import type { ChildProcess, ChildProcessByStdio } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PYTHON } from '#testing/peers';
import { pythonClient, pythonServer } from './python-process.js';

type Role = 'serve' | 'call' | 'cast';

/** A process of the benchmark, of any language, and what it says in turn. */
export class Side {
  readonly #said: unknown[] = [];
  readonly #events = new EventEmitter();

  private constructor(
    readonly child: ChildProcess,
    readonly ask: (text: string) => void,
    readonly end: () => void,
    /** Begins a CPU profile, where BENCH_PROFILES names a folder for it; only Node's are made. */
    readonly profile: () => void = () => undefined,
  ) {
    child.on('exit', (code, signal) => this.#hear(new Error(`a process of the benchmark ended (${signal ?? code})`)));
  }

  static node(...args: readonly string[]): Side {
    const child = fork(fileURLToPath(new URL('process.js', import.meta.url)), [...args]);
    const send = (text: string): void => void child.send(text);
    const profile = (): void => send('profile');
    const side = new Side(child, send, () => send('stop'), profile);
    child.on('message', (message) => side.#hear(message));
    return side;
  }

  static python(role: Role, url: string, ...args: readonly string[]): Side {
    const program = ['-c', role === 'serve' ? pythonServer : pythonClient];
    // The virtual host "/" of oslo.messaging's URL is a second slash.
    const address = url.replace(/\/$/, '//');
    const rest = role === 'serve' ? [] : [role, ...args];
    const child = spawn(PYTHON, [...program, address, ...rest], { stdio: ['pipe', 'pipe', 'ignore'] });
    return Side.#speaking(child);
  }

  static go(program: string, role: Role, url: string, ...args: readonly string[]): Side {
    const child = spawn(program, [role, url, ...(role === 'serve' ? [] : args)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return Side.#speaking(child);
  }

  /** One that says lines of JSON. */
  static #speaking(child: ChildProcessByStdio<Writable, Readable, null>): Side {
    const ask = (text: string): void => void child.stdin.write(`${text}\n`);
    const side = new Side(child, ask, () => child.kill('SIGKILL'));
    createInterface(child.stdout).on('line', (line) => side.#hear(JSON.parse(line)));
    return side;
  }

  #hear(value: unknown): void {
    this.#said.push(value);
    this.#events.emit('said');
  }

  async next<T>(): Promise<T> {
    if (this.#said.length === 0) await once(this.#events, 'said');
    const value = this.#said.shift();
    if (value instanceof Error) throw value;
    return value as T;
  }

  async asked<T>(text: string): Promise<T> {
    this.ask(text);
    return this.next<T>();
  }

  async ended(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}
