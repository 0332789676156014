import { execFile, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PYTHON, missingPythonModules } from './peers.js';

const run = promisify(execFile);
const L3_PLUGIN_API = fileURLToPath(new URL('../../../test/support/python/l3_plugin_api.py', import.meta.url));

/** Where the agents of neutron are, as Debian has them; those of L3 are in the same package as the library. */
const AGENTS = {
  dhcp: 'from neutron.cmd.eventlet.agents.dhcp import main',
  l3: 'from neutron.cmd.eventlet.agents.l3 import main',
} as const;

/** Listens in the namespace, and joins each connection with the socket outside: a namespace has no way to the broker. */
const RELAY = `
import os, socket, sys, threading
def pump(a, b):
    try:
        while data := a.recv(65536): b.sendall(data)
    except OSError: pass
    for one in (a, b):
        try: one.shutdown(socket.SHUT_RDWR)
        except OSError: pass
def join(near):
    far = socket.socket(socket.AF_UNIX)
    far.connect(sys.argv[2])
    threading.Thread(target=pump, args=(near, far), daemon=True).start()
    pump(far, near)
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
if os.fork() == 0:
    while True: threading.Thread(target=join, args=(server.accept()[0],), daemon=True).start()
`;

/** Why neutron's agents cannot run here, or false: they make namespaces, which takes root. Without the package it is a missing peer. */
export function missingForNeutronAgents(): string | false {
  const missing = missingPythonModules('neutron', 'neutron.cmd.eventlet.agents.dhcp');
  if (missing !== false) return missing;
  if (process.getuid?.() !== 0) return 'needs root, for namespaces with names';
  const made = spawnSync('unshare', [
    '--net',
    '--mount',
    '--pid',
    '--fork',
    '--mount-proc',
    'ip',
    'link',
    'set',
    'lo',
    'up',
  ]);
  return made.status === 0 ? false : `needs namespaces: ${String(made.stderr)}`;
}

/** Why no agent can translate addresses here, or false: a kernel may lack the modules. */
export function missingIptables(): string | false {
  const tried = spawnSync('unshare', ['--net', 'iptables', '-t', 'nat', '-A', 'POSTROUTING', '-j', 'MASQUERADE']);
  return tried.status === 0 ? false : `needs iptables: ${String(tried.stderr)}`;
}

/** One of neutron's own agents, as it is, in namespaces of its own; the broker is reached by a socket. */
export class NeutronAgent {
  readonly #doors: Server;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #log = '';

  constructor(
    readonly kind: keyof typeof AGENTS,
    readonly host: string,
    readonly directory: string,
    private readonly broker: { readonly url: string; readonly exchange: string },
  ) {
    mkdirSync(directory, { recursive: true });
    this.#port = Number(new URL(broker.url.replace(/^rabbit:/, 'amqp:')).port || 5672);
    this.#doors = createServer((near) => {
      const far = connect(this.#port, '127.0.0.1');
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    });
    rmSync(this.#socket, { force: true });
    this.#doors.listen(this.#socket);
    writeFileSync(this.#file('agent.conf'), this.#configuration());
    writeFileSync(this.#file('relay.py'), RELAY);
  }

  get #socket(): string {
    return this.#file('amqp.sock');
  }

  get log(): string {
    return this.#log;
  }

  #file(name: string): string {
    return join(this.directory, name);
  }

  #configuration(): string {
    return `[DEFAULT]
transport_url = ${this.broker.url}
control_exchange = ${this.broker.exchange}
host = ${this.host}
state_path = ${this.#file('state')}
interface_driver = linuxbridge
resync_interval = 2
enable_metadata_proxy = false
[agent]
root_helper =
report_interval = 2
[oslo_concurrency]
lock_path = ${this.#file('lock')}
[oslo_messaging_rabbit]
kombu_reconnect_delay = 0.5
`;
  }

  /**
   * Asks as the agent's own class does (neutron.agent.l3.agent.L3PluginApi), each method with its arguments, and answers
   * the answers. Rejects with what Python said.
   */
  async askPlugin(calls: readonly (readonly [method: string, args: readonly unknown[]])[]): Promise<unknown[]> {
    const args = [L3_PLUGIN_API, this.#file('agent.conf'), this.host, JSON.stringify(calls)];
    const { stdout } = await run(PYTHON, args, { env: { PATH: '/usr/bin:/bin', HOME: this.directory } });
    const answers: unknown = JSON.parse(stdout);
    if (!Array.isArray(answers)) throw new TypeError(`L3PluginApi said ${stdout}`);
    return answers;
  }

  start(): void {
    // All that it starts is in its process namespace, and ends with it. Its name begins those of its chains of iptables.
    const script = `mount -t tmpfs none /run/netns 2>/dev/null || { mkdir -p /run/netns && mount -t tmpfs none /run/netns; }
ip link set lo up
${PYTHON} ${this.#file('relay.py')} ${this.#port} ${this.#socket}
exec ${PYTHON} -c 'import sys; sys.argv[0] = "neutron-${this.kind}-agent"; ${AGENTS[this.kind]}; main()' --config-file ${this.#file('agent.conf')}`;
    const child = spawn(
      'unshare',
      ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script],
      { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: this.directory }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.#log += String(text)));
    this.#child = child;
  }

  /** The addresses of a router. */
  addresses(router: string): string {
    return this.#inside(['ip', 'netns', 'exec', `qrouter-${router}`, 'ip', '-brief', 'address']);
  }

  /** What iptables translates in the namespace of a router. */
  translations(router: string): string {
    return this.#inside(['ip', 'netns', 'exec', `qrouter-${router}`, 'iptables-save', '-t', 'nat']);
  }

  /** The output of a command in its namespaces. */
  #inside(command: readonly string[]): string {
    const { pid } = this.#child ?? {};
    const children = `/proc/${pid}/task/${pid}/children`;
    if (pid === undefined || !existsSync(children)) return '';
    const inner = readFileSync(children, 'utf8').trim().split(' ')[0] ?? '';
    const entered = spawnSync('nsenter', ['--net', '--mount', '--target', inner, ...command], { encoding: 'utf8' });
    return entered.stdout;
  }

  /** Ends it at once, as a machine that goes away. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.#child = undefined;
  }

  async close(): Promise<void> {
    await this.kill();
    this.#doors.close();
    if (existsSync(this.#socket)) rmSync(this.#socket, { force: true });
  }
}
