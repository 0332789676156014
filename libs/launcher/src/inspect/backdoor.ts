import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { getLogger } from '#libs/telemetry';
import { LauncherError } from '../launcher.errors.js';

const log = getLogger('albireo.launcher');
const host = '127.0.0.1';
const maxClients = 4;
const idleMs = 600_000;
const maxLine = 256;

/** The commands of the console; each returns text. */
export type BackdoorCommands = Readonly<Record<string, () => string | Promise<string>>>;

/**
 * `backdoor_port`: a console on the loopback address that answers commands, one per line. Unlike eventlet's it
 * evaluates no code: anyone who can reach it can only read the state report.
 */
export class Backdoor {
  readonly #commands: BackdoorCommands;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();

  constructor(commands: BackdoorCommands) {
    this.#commands = commands;
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.maxConnections = maxClients;
  }

  /** @param range a port (0 = a free one) or `first:last`, of which the first free one is used */
  async listen(range: string): Promise<void> {
    const [first = 0, last = first] = range.split(':').map(Number);
    for (let port = first; port <= last; port += 1) {
      if (!(await this.#tryPort(port, port === last))) continue;
      const address = this.#server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      log.info(`Backdoor listening on ${host}:${bound} for process ${process.pid}`);
      return;
    }
  }

  close(): void {
    this.#server.close();
    for (const client of this.#clients) client.destroy();
  }

  #tryPort(port: number, isLast: boolean): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        if (error.code === 'EADDRINUSE' && !isLast) resolve(false);
        else {
          const code = error.code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'CANNOT_LISTEN';
          const message = `Could not bind the backdoor (backdoor_port) to ${host}:${port}: ${error.message}`;
          reject(new LauncherError(code, message, { cause: error }));
        }
      };
      this.#server.once('error', failed);
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed);
        this.#server.on('error', () => undefined);
        resolve(true);
      });
    });
  }

  #serve(socket: Socket): void {
    this.#clients.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#clients.delete(socket));
    socket.setTimeout(idleMs, () => socket.destroy());
    const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
    let turn = Promise.resolve();
    socket.write(`commands: ${Object.keys(this.#commands).join(', ')}, help, quit\n`);
    lines.on('line', (line) => {
      turn = turn.then(() => this.#answer(line.slice(0, maxLine).trim(), socket));
    });
    // A client that sends no end of line must not fill the memory.
    socket.on('data', (chunk: Buffer) => {
      if (chunk.length > maxLine) socket.destroy();
    });
  }

  async #answer(command: string, socket: Socket): Promise<void> {
    if (command === '' || socket.destroyed) return;
    if (command === 'quit' || command === 'exit') {
      socket.end();
      return;
    }
    const run = Object.hasOwn(this.#commands, command) ? this.#commands[command] : undefined;
    if (run === undefined) {
      socket.write(`commands: ${Object.keys(this.#commands).join(', ')}, help, quit\n`);
      return;
    }
    try {
      socket.write(`${await run()}\n`);
    } catch (error) {
      log.exception(error, `The backdoor could not answer "${command}"`);
      socket.write('failed; the log tells why\n');
    }
  }
}
