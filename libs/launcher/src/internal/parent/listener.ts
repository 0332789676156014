import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { LauncherError } from '../../launcher.errors.js';
import type { ListenAddress } from '../../service.js';
import { findPortHolder } from './port-holder.js';

const defaultBacklog = 4096;

/** A listening socket of the parent. Nothing is read from its connections: they are handed on as they are. */
export class Listener {
  readonly #server: Server;
  readonly #name: string;

  private constructor(name: string, server: Server) {
    this.#name = name;
    this.#server = server;
  }

  /** Binds and listens. Throws `PORT_IN_USE` with the holder where it can be found, else `CANNOT_LISTEN`. */
  static open(name: string, address: ListenAddress, onConnection: (socket: Socket) => void): Promise<Listener> {
    const server = createServer({ pauseOnConnect: true, noDelay: true, keepAlive: true }, onConnection);
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(explain(name, address, error)));
      server.listen({ host: address.host, port: address.port, backlog: address.backlog ?? defaultBacklog }, () => {
        server.removeAllListeners('error');
        // Out of file descriptors, for instance: the connection waits in the kernel, the listener must live on.
        server.on('error', () => undefined);
        resolve(new Listener(name, server));
      });
    });
  }

  get name(): string {
    return this.#name;
  }

  address(): { host: string; port: number } {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') return { host: '', port: 0 };
    return { host: address.address, port: address.port };
  }

  /** Refuses new connections from now on; those accepted already live on. */
  close(): void {
    this.#server.close();
  }
}

function explain(name: string, address: ListenAddress, error: NodeJS.ErrnoException): LauncherError {
  const where = `${address.host}:${address.port}`;
  if (error.code !== 'EADDRINUSE') {
    return new LauncherError('CANNOT_LISTEN', `Could not bind ${name} to ${where}: ${error.message}`, { cause: error });
  }
  const holder = findPortHolder(address.port);
  const who = holder === undefined ? 'another process (which one cannot be seen from here)' : holder;
  return new LauncherError(
    'PORT_IN_USE',
    `Could not bind ${name} to ${where}: the port is in use by ${who}. Stop it, or set another port (0 = a free one).`,
    { cause: error },
  );
}
