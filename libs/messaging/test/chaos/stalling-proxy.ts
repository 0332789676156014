import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { once } from 'node:events';

/** A proxy to the broker that can stop moving bytes without closing anything, as a broken network does. */
export class StallingProxy {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #stalled = false;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      const pair: readonly [Socket, Socket][] = [
        [near, far],
        [far, near],
      ];
      for (const [from, to] of pair) {
        this.#sockets.add(from);
        from.setNoDelay(true);
        if (this.#stalled) from.pause();
        from.on('data', (bytes) => to.write(bytes));
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        if (this.#stalled) from.pause();
      }
    });
  }

  static async to(target: number): Promise<StallingProxy> {
    const proxy = new StallingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  stall(): void {
    this.#stalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** `cut`: stalled connections are closed, as when the network comes back too late. */
  flow(cut: boolean): void {
    this.#stalled = false;
    for (const socket of this.#sockets) {
      if (cut) socket.destroy();
      else socket.resume();
    }
  }

  close(): void {
    this.flow(true);
    this.#server.close();
  }
}
