import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { GuestOptions, StartError } from '#libs/options';
import type { Configuration } from '#libs/config';
import { findGuests, relayTo } from '../../../worker/src/qemu/find-guest.js';
import type { GuestRelay } from '../../../worker/src/qemu/guest-network.js';
import { runWithConfiguration } from '../global-options.js';

const SSH_PORT = 22;

/** `albireo-manage ssh` and `forward`: connections from this machine into a guest that runs on it. */
export function registerGuestCommands(program: Command): void {
  program
    .command('forward <server> <port>')
    .description(
      'forward a port of the loopback address to a TCP port of a guest on this host, until it is interrupted',
    )
    .option('--listen <port>', 'the port of this machine; default: a free one, which is printed', portNumber, 0)
    .action(async (server: string, port: string, flags: { readonly listen: number }, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const target = portNumber(port);
        // Requested once before the first connection, so that errors are reported now.
        await openRelay(config, server, target);
        const listener = await listen(() => openRelay(config, server, target), flags.listen);
        const { port: bound } = listener.address() as AddressInfo;
        process.stdout.write(`127.0.0.1:${bound} leads to port ${target} of ${server}\n`);
        await untilInterrupted();
        listener.close();
        return 0;
      });
    });
  program
    .command('ssh <server> [arguments...]')
    .description('log in to a guest on this host; what follows "--" is given to ssh')
    .option('-l, --login <user>', 'the user; default: what ssh takes')
    .option('-p, --port <port>', "the guest's port", portNumber, SSH_PORT)
    .action(async (server: string, more: string[], flags: { login?: string; port: number }, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        await openRelay(config, server, flags.port);
        const listener = await listen(() => openRelay(config, server, flags.port), 0);
        const { port } = listener.address() as AddressInfo;
        const user = flags.login === undefined ? [] : ['-l', flags.login];
        // The key belongs to the server, not to a port of this machine, which another server may use next.
        const args = ['-p', String(port), '-o', `HostKeyAlias=${server}`, ...user, '127.0.0.1', ...more];
        const child = spawn('ssh', args, { stdio: 'inherit' });
        const code = await new Promise<number>((resolve, reject) => {
          child.once('error', (error) => reject(new StartError(`ssh: ${error.message}`)));
          child.once('exit', (status) => resolve(status ?? 255));
        });
        listener.close();
        return code;
      });
    });
}

async function openRelay(config: Configuration, server: string, port: number): Promise<GuestRelay> {
  const { instancesPath } = config.get(GuestOptions);
  const [guest, second] = await findGuests(instancesPath, server);
  if (guest === undefined) throw new StartError(`${server}: no such guest on this host, below ${instancesPath}`);
  if (second !== undefined) throw new StartError(`${server}: several servers are called so: give the id of one`);
  const relay = await relayTo(guest, port).catch((error: unknown) => {
    throw new StartError(`${server}: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (relay !== null) return relay;
  throw new StartError(
    `${server}: no way leads to it from this machine: it has no IPv4 address, or no network of it has DHCP here`,
  );
}

/** Connects every client to a relay that `open` returns. */
async function listen(open: () => Promise<GuestRelay>, port: number): Promise<Server> {
  const server = createServer((socket) => {
    open()
      .then((relay) => join(socket, relay))
      .catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new StartError(`--listen ${port}: ${error.message}`)));
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function join(socket: Socket, relay: GuestRelay): void {
  socket.on('error', () => undefined);
  if ('host' in relay) {
    const guest = connect({ host: relay.host, port: relay.port });
    guest.on('error', () => socket.destroy());
    socket.on('close', () => guest.destroy());
    socket.pipe(guest).pipe(socket);
    return;
  }
  const [program = '', ...args] = relay.command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.once('error', () => socket.destroy());
  child.stdin.on('error', () => undefined);
  socket.on('close', () => child.kill());
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('expected a port, 1 to 65535.');
}
