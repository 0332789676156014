import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../free-port.js';
import { endWithProcess } from '../until-signal.js';
import type { BrokerProgram } from './find-broker.js';

const run = promisify(execFile);
const startTimeoutMs = 90_000;

export interface Broker {
  /** `rabbit://guest:guest@127.0.0.1:PORT/` */
  readonly url: string;
  /** False for the broker of ALBIREO_TEST_AMQP_URL: then only `stop` works, and does nothing. */
  readonly isPrivate: boolean;
  /** Port of AMQP on the loopback address. */
  readonly port: number;
  /** Its process; undefined where it is not ours or runs in a container. */
  readonly pid: number | undefined;
  /** Runs rabbitmqctl at this broker; resolves with what it printed. */
  ctl(args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
  /** SIGKILL, as a crash; `restart` brings it back with what was on its disk. */
  kill9(): Promise<void>;
  restart(): Promise<void>;
}

/** What a node of a cluster shares with the others, and what is its own. */
export interface ClusterNode {
  readonly ports: { readonly amqp: number; readonly dist: number; readonly epmd: number };
  readonly cookie: string;
  /** Lines of rabbitmq.conf. */
  readonly settings: readonly string[];
}

/** Name of the Erlang node of the broker at this port. */
export function nodeName(port: number): string {
  return `albireo-test-${port}@localhost`;
}

/**
 * A RabbitMQ of the test's own: node name, ports, cookie, epmd and directories are shared with nobody but the nodes of
 * its cluster.
 */
export class BrokerProcess implements Broker {
  readonly isPrivate = true;
  readonly #folder = mkdtempSync(join(tmpdir(), 'albireo-broker-'));
  #child: ChildProcess | null = null;
  #ports: { readonly amqp: number; readonly dist: number; readonly epmd: number } | null = null;
  readonly #removeAtExit = (): void => this.#abandon();
  readonly #leaveAtSignal: () => void;

  constructor(
    readonly program: BrokerProgram,
    readonly node?: ClusterNode,
  ) {
    process.on('exit', this.#removeAtExit);
    this.#leaveAtSignal = endWithProcess({ kill: this.#removeAtExit });
  }

  get port(): number {
    if (this.#ports === null) throw new Error('the broker has not been started');
    return this.#ports.amqp;
  }

  get url(): string {
    return `rabbit://guest:guest@127.0.0.1:${this.port}/`;
  }

  get pid(): number | undefined {
    return this.program.kind === 'native' ? this.#child?.pid : undefined;
  }

  get #name(): string {
    return `albireo-test-${this.port}`;
  }

  get #environment(): NodeJS.ProcessEnv {
    const at = (name: string): string => join(this.#folder, name);
    return {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      HOME: this.#folder,
      ERL_EPMD_PORT: String(this.#ports?.epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      // The script then becomes the broker in place of watching it.
      RUNNING_UNDER_SYSTEMD: 'true',
      RABBITMQ_NODENAME: nodeName(this.port),
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(this.#ports?.amqp),
      RABBITMQ_DIST_PORT: String(this.#ports?.dist),
      RABBITMQ_BASE: this.#folder,
      RABBITMQ_MNESIA_BASE: at('mnesia'),
      RABBITMQ_LOG_BASE: at('log'),
      RABBITMQ_PID_FILE: at('pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
      RABBITMQ_CONFIG_FILE: at('rabbitmq'),
      RABBITMQ_CONF_ENV_FILE: at('rabbitmq-env.conf'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +P 65536',
      RABBITMQ_CTL_ERL_ARGS: '+S 1:1 +sbwt none',
    };
  }

  async start(): Promise<void> {
    const [amqp = 0, dist = 0, epmd = 0] = this.node === undefined ? await freePorts(3) : [];
    this.#ports = this.node?.ports ?? { amqp, dist, epmd };
    if (this.node !== undefined) {
      writeFileSync(join(this.#folder, '.erlang.cookie'), this.node.cookie, { mode: 0o400 });
    }
    writeFileSync(join(this.#folder, 'enabled_plugins'), '[].\n');
    writeFileSync(join(this.#folder, 'rabbitmq-env.conf'), '');
    const settings = ['disk_free_limit.absolute = 1MB', 'log.console = false', ...(this.node?.settings ?? [])];
    writeFileSync(join(this.#folder, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
    await this.restart();
  }

  async restart(): Promise<void> {
    await this.#kill('SIGTERM');
    const child = this.program.kind === 'native' ? this.#spawnNative(this.program.server) : this.#spawnDocker();
    this.#child = child;
    let ended = false;
    child.once('exit', () => (ended = true));
    child.once('error', () => (ended = true));
    const until = Date.now() + startTimeoutMs;
    while (!(await answers(this.port))) {
      if (ended || Date.now() > until) throw new Error(`RabbitMQ did not start: ${this.#log()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #spawnNative(server: string): ChildProcess {
    return spawn(server, [], { env: this.#environment, stdio: 'ignore', detached: true });
  }

  #spawnDocker(): ChildProcess {
    if (this.program.kind !== 'docker') throw new Error('not a container');
    const ports = `127.0.0.1:${this.port}:5672`;
    const args = ['run', '--rm', '--name', this.#name, '-p', ports, '-e', 'RABBITMQ_LOOPBACK_USERS=none'];
    return spawn('docker', [...args, this.program.image], { stdio: 'ignore' });
  }

  #log(): string {
    try {
      return readFileSync(join(this.#folder, 'log', `${this.#name}@localhost.log`), 'utf8').slice(-2000);
    } catch {
      return 'it wrote no log';
    }
  }

  async ctl(args: readonly string[]): Promise<string> {
    const { program } = this;
    const result =
      program.kind === 'native'
        ? await run(program.ctl, ['-q', ...args], { env: this.#environment })
        : await run('docker', ['exec', this.#name, 'rabbitmqctl', '-q', ...args]);
    return result.stdout;
  }

  /** Stops its process until `thaw`: connections stay open and nothing answers. */
  freeze(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGCONT');
  }

  async kill9(): Promise<void> {
    await this.#kill('SIGKILL');
  }

  async stop(): Promise<void> {
    // Nothing on its disk is wanted any more: killing is a second faster than an orderly stop.
    await this.#kill('SIGKILL');
    process.off('exit', this.#removeAtExit);
    this.#leaveAtSignal();
    this.#abandon();
  }

  async #kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    if (this.program.kind === 'docker') await run('docker', [signal === 'SIGKILL' ? 'kill' : 'stop', this.#name]);
    else child.kill(signal);
    await exited;
  }

  /** Also in a process that ends without stop(): no broker, epmd or directory is left behind. */
  #abandon(): void {
    this.#child?.kill('SIGKILL');
    if (this.#ports !== null && this.program.kind === 'native') killEpmd(this.#ports.epmd);
    removeFolder(this.#folder);
  }
}

/** A command of it that is just ending may write its cookie meanwhile, which the next try takes. */
function removeFolder(folder: string): void {
  for (let left = 10; ; left -= 1) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/** epmd ends at a request on its port; it is asked directly, since its program may not be on the PATH. */
function killEpmd(port: number): void {
  const script = `const s=require('net').connect(${port},'127.0.0.1',()=>s.write(Buffer.from([0,1,107])));s.on('error',()=>{});s.on('data',()=>s.end())`;
  spawn(process.execPath, ['-e', script], { stdio: 'ignore', detached: true }).unref();
}

/** A broker that has booted answers the protocol header with a frame of its own. */
async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (data) => end(data[0] === 1));
    socket.once('connect', () => socket.write(Buffer.from('AMQP\u0000\u0000\u0009\u0001', 'latin1')));
  });
}
