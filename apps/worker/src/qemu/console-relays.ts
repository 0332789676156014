import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

const LOOK_MS = 2_000;
/** A listener without connections is closed after this time; a later client gets another one. */
const IDLE_MS = 600_000;

interface Relay {
  readonly server: Server;
  readonly port: number;
  readonly sockets: Set<Socket>;
  usedAtMs: number;
}

/**
 * Ports of this host that lead to the sockets of guests, for clients of other hosts: QEMU runs in a network namespace
 * without addresses. Each is opened on first use and ends with its socket, which ends with the guest.
 */
export class ConsoleRelays {
  readonly #relays = new Map<string, Promise<Relay>>();

  /** @param listen the address of the ports */
  constructor(private readonly listen: string) {}

  /** The port that leads to a socket. */
  async open(socketPath: string): Promise<number> {
    let opening = this.#relays.get(socketPath);
    if (opening === undefined) {
      opening = this.#open(socketPath);
      this.#relays.set(socketPath, opening);
      opening.catch(() => this.#relays.delete(socketPath));
    }
    const relay = await opening;
    relay.usedAtMs = performance.now();
    return relay.port;
  }

  #open(socketPath: string): Promise<Relay> {
    return new Promise((resolve, reject) => {
      const sockets = new Set<Socket>();
      const server = createServer((client) => join(client, socketPath, sockets));
      server.once('error', reject);
      server.listen({ host: this.listen, port: 0 }, () => {
        const { port } = server.address() as AddressInfo;
        const relay: Relay = { server, port, sockets, usedAtMs: performance.now() };
        server.unref();
        this.#watch(socketPath, relay);
        resolve(relay);
      });
    });
  }

  #watch(socketPath: string, relay: Relay): void {
    const timer = setInterval(() => {
      if (relay.sockets.size > 0) relay.usedAtMs = performance.now();
      if (existsSync(socketPath) && performance.now() - relay.usedAtMs < IDLE_MS) return;
      clearInterval(timer);
      this.#relays.delete(socketPath);
      relay.server.close();
      for (const socket of relay.sockets) socket.destroy();
    }, LOOK_MS);
    timer.unref();
  }
}

/** Bytes go both ways until one side ends. */
function join(client: Socket, socketPath: string, sockets: Set<Socket>): void {
  const guest = connect(socketPath);
  for (const [one, other] of [
    [client, guest],
    [guest, client],
  ] as const) {
    sockets.add(one);
    one.unref().on('error', () => other.destroy());
    one.once('close', () => {
      sockets.delete(one);
      other.destroy();
    });
    one.pipe(other);
  }
}
