import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import type { Contract } from '../contract/contract.js';
import type { Handler } from '../server/delivery.js';
import type { RpcHandlerExtras } from './rpc-endpoint.decorators.js';
import type { RpcServer } from '../server/rpc-server.js';
import type { Transport } from '../transport/transport.js';
import { serversFor, settled, startedOr } from './serve-endpoints.js';
import type { ServeOptions } from './serve-endpoints.js';

export interface RpcStrategyOptions extends ServeOptions {
  readonly transport: Transport;
  /** How long `listen` waits for the broker before it lets the program start unready. @default 2000 */
  readonly startWaitMs?: number;
}

function isExtras(value: unknown): value is RpcHandlerExtras {
  return typeof value === 'object' && value !== null && 'contract' in value && 'method' in value;
}

/** Serves the @RpcEndpoint controllers of a Nest application: one RpcServer per topic. */
export class RpcTransportStrategy extends Server implements CustomTransportStrategy {
  readonly #options: RpcStrategyOptions;
  #servers: readonly RpcServer[] = [];
  #started: Promise<void> | null = null;

  constructor(options: RpcStrategyOptions) {
    super();
    this.#options = options;
  }

  get servers(): readonly RpcServer[] {
    return this.#servers;
  }

  /** Resolves when all servers consume; rejects when one never can. */
  get started(): Promise<void> {
    return this.#started ?? Promise.reject(new Error('listen() has not been called'));
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      this.#servers = this.#build();
      this.#started = Promise.all(this.#servers.map((server) => server.start())).then(() => undefined);
      await startedOr(this.#started, this.#options.startWaitMs ?? 2_000);
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop(this.#options.stopDeadlineMs)));
  }

  on(): never {
    throw new Error('the RPC strategy has no events: use transport.onHealthChange()');
  }

  unwrap(): never {
    throw new Error('the RPC strategy hides its driver: use `servers`');
  }

  #build(): readonly RpcServer[] {
    const found = new Map<Contract, Record<string, Handler<never, unknown>>>();
    for (const handler of this.messageHandlers.values()) {
      const extras: unknown = handler.extras?.['albireo'];
      if (!isExtras(extras)) continue;
      const { contract, method } = extras;
      const handlers = found.get(contract) ?? {};
      handlers[method] = adapt(handler);
      found.set(contract, handlers);
    }
    return serversFor(this.#options.transport, found, this.#options);
  }
}

function adapt(handler: MessageHandler): Handler<never, unknown> {
  // @RpcEndpoint has made Nest pass all arguments.
  const run = handler as (...args: unknown[]) => Promise<unknown>;
  return (context, args, delivery) => settled(run(context, args, delivery));
}
