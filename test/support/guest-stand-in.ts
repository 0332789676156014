import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { NetworkSpace, SpaceKind } from '../../apps/worker/src/fabric/kernel/network-space.js';

const run = promisify(execFile);

/** What a DHCP client of busybox does with what it was told. */
const LEASE_SCRIPT = `#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip link set dev eth0 mtu "\${mtu:-1500}"
ip address replace "$ip/$mask" broadcast + dev eth0
[ -n "$staticroutes" ] || { [ -z "$router" ] || ip route replace default via "$router"; }
set -- $staticroutes
while [ $# -ge 2 ]; do
  if [ "$2" = 0.0.0.0 ]; then ip route replace "$1" dev eth0; else ip route replace "$1" via "$2" dev eth0; fi
  shift 2
done
echo "lease $ip/$mask mtu=$mtu router=$router dns=$dns domain=$domain hostname=$hostname"
`;

/** What a program says that opens a connection, sends a line and prints the answer. */
const CONNECT = `
const [host, port, localAddress] = process.argv.slice(1);
const socket = require('node:net').connect({ host, port: Number(port), ...(localAddress && { localAddress }) });
let text = '';
const end = (word) => { process.stdout.write(word); process.exit(); };
setTimeout(() => end('silent'), 1200);
socket.on('error', (error) => end(error.code));
socket.on('data', (data) => { text += data; });
socket.on('end', () => end(text));
`;

const SERVE = `
const server = require('node:net').createServer((socket) => {
  socket.on('error', () => {});
  socket.end('from ' + socket.remoteAddress.replace('::ffff:', '') + ' at ' + process.argv[1]);
});
server.listen(Number(process.argv[2]), () => console.log('ready'));
`;

/** A network namespace with one NIC in place of a guest: what a virtual machine would send, without its boot. */
export class GuestStandIn {
  readonly #programs: ChildProcess[] = [];

  private constructor(
    private readonly pid: number,
    private readonly kind: SpaceKind,
    private readonly holder: ChildProcess,
    private readonly folder: string,
    readonly name: string,
  ) {}

  /** Makes the device that a port's tap would be, with its other end in a namespace of the guest. */
  static async create(
    space: NetworkSpace,
    guest: { readonly name: string; readonly tap: string; readonly macAddress: string },
    folder: string,
  ): Promise<GuestStandIn> {
    const words = [...space.enter().slice(1), 'unshare', '--net', '--', 'sleep', '300'];
    const holder = spawn('nsenter', words, { stdio: 'ignore' });
    const pid = holder.pid ?? 0;
    for (let tries = 0; tries < 200; tries += 1) {
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
      if (name.trim() === 'sleep') break;
      await sleep(20);
    }
    await space.run(['ip', 'link', 'add', guest.tap, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)]);
    const script = join(folder, 'lease.sh');
    await writeFile(script, LEASE_SCRIPT);
    await chmod(script, 0o755);
    const standIn = new GuestStandIn(pid, space.kind, holder, folder, guest.name);
    await standIn.run('ip', 'link', 'set', 'lo', 'up');
    await standIn.run('ip', 'link', 'set', 'eth0', 'address', guest.macAddress, 'up');
    return standIn;
  }

  /** Runs a program in the guest and answers what it writes. */
  async run(...command: readonly string[]): Promise<string> {
    const [program = '', ...args] = this.#enter(command);
    return (await run(program, args, { timeout: 20_000 })).stdout;
  }

  /** Asks for an address by DHCP and takes it; answers what was told, or '' without an answer. */
  async lease(...options: readonly string[]): Promise<string> {
    const script = join(this.folder, 'lease.sh');
    const words = ['busybox', 'udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-t', '4', '-T', '1', '-s', script, ...options];
    const text = await this.run(...words, '-O', 'staticroutes', '-O', 'mtu', '-O', 'hostname').catch(() => '');
    return /^lease .*$/m.exec(text)?.[0] ?? '';
  }

  /** What a TCP port answers; `silent` or an error's code where it does not. */
  connect(host: string, port: number, from = ''): Promise<string> {
    return this.run(process.execPath, '-e', CONNECT, host, String(port), from);
  }

  /** Answers on a TCP port with the address that asks. */
  async serve(port: number): Promise<void> {
    const [program = '', ...args] = this.#enter([process.execPath, '-e', SERVE, this.name, String(port)]);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#programs.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
  }

  /** Starts a program that goes on; it ends with the guest. */
  start(...command: readonly string[]): ChildProcess {
    const [program = '', ...args] = this.#enter(command);
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#programs.push(child);
    return child;
  }

  end(): void {
    for (const program of this.#programs) program.kill('SIGKILL');
    this.holder.kill('SIGKILL');
  }

  #enter(command: readonly string[]): readonly string[] {
    const user = this.kind === 'rootless' ? ['--user', '--preserve-credentials'] : [];
    return ['nsenter', '--target', String(this.pid), ...user, '--net', '--', ...command];
  }
}
