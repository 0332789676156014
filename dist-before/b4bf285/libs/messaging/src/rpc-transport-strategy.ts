import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Contract } from './contract.js';
import type { Handler } from './delivery.js';
import type { RpcHandlerExtras } from './rpc-endpoint.decorators.js';
import type { RpcEndpointDefinition } from './rpc-endpoint.js';
import { RpcServer } from './rpc-server.js';
import type { RpcServerOptions } from './rpc-server.js';
import type { Transport } from './transport.js';

export interface RpcStrategyOptions {
  readonly transport: Transport;
  /** [DEFAULT] host: name of these servers. */
  readonly server: string;
  /** Only these topics of the endpoints found. @default all */
  readonly topics?: readonly string[];
  /** Options of one topic's server. */
  readonly forTopic?: (topic: string) => Partial<Omit<RpcServerOptions, 'topic' | 'server' | 'endpoints'>>;
  /** How long `listen` waits for the broker before it lets the program start unready. @default 2000 */
  readonly startWaitMs?: number;
  /** @default 30000 */
  readonly stopDeadlineMs?: number;
}

function isExtras(value: unknown): value is RpcHandlerExtras {
  return typeof value === 'object' && value !== null && 'contract' in value && 'method' in value;
}

/** Serves the @RpcEndpoint controllers of a Nest application: one RpcServer a topic. */
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
      await this.#startedOr(this.#options.startWaitMs ?? 2_000);
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  async #startedOr(waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    try {
      await Promise.race([this.#started, waited]);
    } finally {
      clearTimeout(timer);
    }
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
      if (this.#options.topics !== undefined && !this.#options.topics.includes(contract.topic)) continue;
      const handlers = found.get(contract) ?? {};
      handlers[method] = adapt(handler);
      found.set(contract, handlers);
    }
    const topics = new Map<string, RpcEndpointDefinition[]>();
    for (const [contract, handlers] of found) {
      topics.set(contract.topic, [...(topics.get(contract.topic) ?? []), { contract, handlers }]);
    }
    const { transport, server, forTopic } = this.#options;
    return [...topics].map(
      ([topic, endpoints]) => new RpcServer(transport, { topic, server, endpoints, ...forTopic?.(topic) }),
    );
  }
}

function adapt(handler: MessageHandler): Handler<never, unknown> {
  // @RpcEndpoint has made Nest hand through all arguments.
  const run = handler as (...args: unknown[]) => Promise<unknown>;
  return async (context, args, delivery) => {
    const result = await run(context, args, delivery);
    return isObservable(result) ? lastValueFrom(result, { defaultValue: null }) : result;
  };
}
