import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { compiled } from './program.js';

/** The other end of `HostNamespaces`, inside: ports of the loopback address that lead to sockets. */
const RELAY = `import { connect, createServer } from 'node:net';
for (const port of process.argv.slice(2)) createServer((client) => {
  const outside = connect(process.argv[1] + '/' + port);
  for (const [one, other] of [[client, outside], [outside, client]]) one.pipe(other).on('error', () => one.destroy());
}).listen(Number(port), '127.0.0.1');`;

function ip(...words: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr}`);
}

/** Why there can be no such hosts here, or false: they need root, and a kernel with VXLAN and namespaces. */
export function missingForHosts(): string | false {
  if (process.getuid?.() !== 0) return 'only root makes network namespaces that stand for hosts';
  const name = `albireo-${process.pid}-probe`;
  try {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'other');
    ip('-n', name, 'link', 'add', 'tunnel', 'type', 'vxlan', 'id', '1', 'dstport', '4789', 'local', '127.0.0.1');
    return false;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    spawnSync('ip', ['netns', 'del', name]);
  }
}

/**
 * Two network namespaces that stand for hosts, with a cable between them (10.200.0.1 and 10.200.0.2) and nothing else;
 * ports of this machine's loopback address are on theirs, too. Needs root.
 */
export class HostNamespaces {
  readonly names: readonly [string, string];
  readonly #folder = mkdtempSync('/tmp/albireo-hosts-');
  readonly #servers: Server[] = [];
  readonly #children: ChildProcess[] = [];

  constructor(ports: readonly string[]) {
    this.names = [`albireo-${process.pid}a`, `albireo-${process.pid}b`];
    for (const name of this.names) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    const [one, two] = this.names;
    ip('link', 'add', 'cable', 'netns', one, 'type', 'veth', 'peer', 'name', 'cable', 'netns', two);
    for (const [at, name] of this.names.entries()) {
      ip('-n', name, 'address', 'add', `10.200.0.${at + 1}/24`, 'dev', 'cable');
      // Room for what VXLAN adds.
      ip('-n', name, 'link', 'set', 'cable', 'mtu', '1600', 'up');
    }
    for (const port of ports) {
      const server = createServer((inside) => {
        const program = connect(Number(port), '127.0.0.1');
        inside.on('error', () => program.destroy()).pipe(program);
        program.on('error', () => inside.destroy()).pipe(inside);
      });
      this.#servers.push(server.listen(join(this.#folder, port)));
    }
    for (const name of this.names)
      this.#spawn(name, ['--input-type=module', '--eval', RELAY, this.#folder, ...ports], {});
  }

  /** Runs a compiled program on one of the hosts. */
  start(name: string, program: string, env: Readonly<Record<string, string>>): void {
    this.#spawn(name, [compiled(program)], { PATH: process.env['PATH'] ?? '', HOME: this.#folder, ...env });
  }

  async close(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGTERM')) await ended;
    }
    for (const server of this.#servers) server.close();
    for (const name of this.names) spawnSync('ip', ['netns', 'del', name]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(name: string, words: readonly string[], env: Readonly<Record<string, string>>): void {
    const all = ['netns', 'exec', name, process.execPath, ...words];
    this.#children.push(spawn('ip', all, { stdio: 'ignore', env: { PATH: process.env['PATH'] ?? '', ...env } }));
  }
}
