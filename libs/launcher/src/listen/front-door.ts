import { getLogger } from '#libs/telemetry';
import type { ServiceDescription } from '../service.js';
import type { ServiceOrder } from '../messages.js';
import { hostAndPort } from './port-holder.js';
import { ConnectionDispatcher } from './connection-dispatcher.js';
import { Listener } from './listener.js';
import type { WorkerGroup } from '../workers/worker-group.js';

const log = getLogger('albireo.launcher');

/** The listening sockets of a program, and the distribution of their connections. */
export class FrontDoor {
  readonly #retryMs: number;
  readonly #listeners: Listener[] = [];
  readonly #dispatchers: ConnectionDispatcher[] = [];

  /** @param retryMs how long a port in use is tried again (`retry_until_window`) */
  constructor(retryMs: number) {
    this.#retryMs = retryMs;
  }

  /** Binds the addresses of these services. Throws `PORT_IN_USE` or `CANNOT_LISTEN`. */
  async open(
    descriptions: readonly ServiceDescription[],
  ): Promise<{ orders: ServiceOrder[]; dispatchers: ConnectionDispatcher[] }> {
    const orders: ServiceOrder[] = [];
    const dispatchers: ConnectionDispatcher[] = [];
    for (const { name, module, settings, listen } of descriptions) {
      if (listen === undefined) {
        orders.push({ name, module, settings });
        continue;
      }
      const dispatcher = new ConnectionDispatcher(name, listen.tls === undefined);
      const listener = await Listener.open(name, listen, this.#retryMs, (socket) => {
        socket.on('error', () => undefined);
        dispatcher.dispatch(socket);
      });
      this.#listeners.push(listener);
      dispatchers.push(dispatcher);
      const { host, port } = listener.address();
      orders.push({ name, module, settings, listen: { ...listen, port } });
      log.info(`${name} listening on ${hostAndPort(host, port)}`);
    }
    this.#dispatchers.push(...dispatchers);
    return { orders, dispatchers };
  }

  address(service: string): { host: string; port: number } | undefined {
    return this.#listeners.find((listener) => listener.name === service)?.address();
  }

  closeListener(service: string): void {
    this.#listeners.find((listener) => listener.name === service)?.close();
  }

  /** Accepts the connections that wait in the kernel's queues, then refuses new ones. */
  async stopAccepting(groups: readonly WorkerGroup[]): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.closeWhenEmpty()));
    // A connection that waits for a starting worker is served by it; without any worker there is nothing to wait for.
    if (groups.every((group) => group.workers.length === 0)) {
      for (const dispatcher of this.#dispatchers) dispatcher.close();
    }
  }

  close(): void {
    for (const listener of this.#listeners) listener.close();
    for (const dispatcher of this.#dispatchers) dispatcher.close();
  }
}
