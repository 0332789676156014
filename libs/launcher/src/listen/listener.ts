import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { LauncherError } from '../launcher.errors.js';
import type { ListenAddress } from '../service.js';
import { findPortHolder, hostAndPort, listenOn } from './port-holder.js';

const defaultBacklog = 4096;
const defaultKeepIdleSeconds = 600;
const retryEveryMs = 100;
const maxLastTurns = 20;

/** A listening socket of the parent. It reads nothing from its connections: they are passed on unchanged. */
export class Listener {
  readonly #server: Server;
  readonly #name: string;
  #accepted = 0;

  private constructor(name: string, server: Server) {
    this.#name = name;
    this.#server = server;
    server.on('connection', () => {
      this.#accepted += 1;
    });
  }

  /**
   * Binds and listens; a port in use is tried again for `retryMs`, as neutron's `retry_until_window`. Throws
   * `PORT_IN_USE` with the holder where it can be found, else `CANNOT_LISTEN`.
   */
  static async open(
    name: string,
    address: ListenAddress,
    retryMs: number,
    onConnection: (socket: Socket) => void,
  ): Promise<Listener> {
    const untilMs = performance.now() + retryMs;
    for (;;) {
      try {
        const server = await listenOn(address.host, (host) => listen({ ...address, host }, onConnection));
        return new Listener(name, server);
      } catch (error) {
        if (!isInUse(error) || performance.now() >= untilMs) throw explain(name, address, error, retryMs);
      }
      await pause(retryEveryMs);
    }
  }

  get name(): string {
    return this.#name;
  }

  address(): { host: string; port: number } {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') return { host: '', port: 0 };
    return { host: address.address, port: address.port };
  }

  /** Refuses new connections from now on; accepted ones stay open. */
  close(): void {
    this.#server.close();
  }

  /**
   * Like `close`, but first accepts the connections that the kernel has already completed, since closing would reset
   * them. Each turn of the event loop accepts all waiting connections, so a turn without any means that the queue is
   * empty. If connections keep coming, it is closed right after a turn.
   */
  async closeWhenEmpty(): Promise<void> {
    if (!this.#server.listening) return;
    let before = -1;
    for (let turns = 0; turns < maxLastTurns && before !== this.#accepted; turns += 1) {
      before = this.#accepted;
      await turn();
      await turn();
    }
    this.close();
  }
}

function listen(address: ListenAddress, onConnection: (socket: Socket) => void): Promise<Server> {
  const { keepIdleSeconds = defaultKeepIdleSeconds } = address;
  const server = createServer(
    {
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: keepIdleSeconds > 0,
      keepAliveInitialDelay: keepIdleSeconds * 1000,
    },
    onConnection,
  );
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address.host, port: address.port, backlog: address.backlog ?? defaultBacklog }, () => {
      server.removeAllListeners('error');
      // Out of file descriptors, for instance: the connection waits in the kernel, and the listener must stay open.
      server.on('error', () => undefined);
      resolve(server);
    });
  });
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function explain(name: string, address: ListenAddress, error: unknown, retryMs: number): LauncherError {
  const where = hostAndPort(address.host, address.port);
  if (!isInUse(error)) {
    const reason = error instanceof Error ? error.message : String(error);
    return new LauncherError('CANNOT_LISTEN', `Could not bind ${name} to ${where}: ${reason}`, { cause: error });
  }
  const holder = findPortHolder(address.port);
  const who = holder === undefined ? 'another process (which one cannot be seen from here)' : holder;
  const tried = retryMs > 0 ? ` after trying for ${Math.round(retryMs / 1000)} seconds` : '';
  return new LauncherError(
    'PORT_IN_USE',
    `Could not bind ${name} to ${where}${tried}: the port is in use by ${who}. Stop it, or set another port (0 = a free one).`,
    { cause: error },
  );
}
