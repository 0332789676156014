import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { once } from 'node:events';

/**
 * One address before a server: what connects to it is connected to `target`, which may be another one from now on. It
 * can fall silent as a machine without power does: bytes vanish, nothing is closed, new connections get no answer.
 */
export class Relay {
  readonly #server: Server;
  readonly #near = new Set<Socket>();
  readonly #far = new Set<Socket>();
  readonly #forgotten = new WeakSet<Socket>();
  #silent = false;
  #closed = false;

  private constructor(public target: number) {
    this.#server = createServer((near) => this.#join(near));
  }

  static async to(target: number): Promise<Relay> {
    const relay = new Relay(target);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Connections that have been made since the start. */
  accepted = 0;

  #join(near: Socket): void {
    this.accepted += 1;
    this.#keep(near, this.#near);
    // What nobody reads any more stays unanswered for good: its machine does not come back.
    if (this.#silent) return void near.resume();
    const far = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    this.#keep(far, this.#far);
    near.on('data', (bytes) => far.write(bytes));
    near.once('close', () => far.destroy());
    far.on('data', (bytes) => near.write(bytes));
    // The end of one that fell silent is not told to the other side.
    far.once('close', () => this.#forgotten.has(far) || near.destroy());
  }

  #keep(socket: Socket, set: Set<Socket>): void {
    set.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.once('close', () => set.delete(socket));
  }

  /** From now on nothing gets through, nothing is answered and nothing is closed. */
  silence(): void {
    this.#silent = true;
    for (const socket of this.#far) {
      this.#forgotten.add(socket);
      socket.destroy();
    }
  }

  /** New connections reach `target` again; the old ones stay as they are. */
  heal(): void {
    this.#silent = false;
  }

  /** Ends every connection, with FIN. */
  cut(): void {
    for (const socket of [...this.#near, ...this.#far]) socket.destroy();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
