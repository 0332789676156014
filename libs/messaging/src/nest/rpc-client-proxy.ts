import { Inject } from '@nestjs/common';
import type { FactoryProvider } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import type { ReadPacket, WritePacket } from '@nestjs/microservices';
import { createContext, currentContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import type { Contract } from '../contract/contract.js';
import { MessagingError } from '../errors.js';
import { RpcClient } from '../client/rpc-client.js';
import type { PrepareOptions } from '../client/rpc-client.js';
import type { Transport } from '../transport/transport.js';
import { TRANSPORT } from './rpc-client.provider.js';

/**
 * A contract's methods for callers of Nest's own `send(pattern, data)` and `emit(pattern, data)`: the pattern is the
 * method's name. `send` is a call, with the transport's deadline unless `timeoutMs` sets another; `emit` is a cast. The
 * context is that of the current request, or an empty one. Errors are those of RpcClient, unchanged.
 */
export class RpcClientProxy extends ClientProxy {
  readonly #client: RpcClient<Contract>;

  constructor(transport: Transport, contract: Contract, options: PrepareOptions = {}) {
    super();
    this.#client = new RpcClient(transport, contract, options);
  }

  /** The transport connects by itself; each call waits for a broker that is down. */
  async connect(): Promise<void> {
    // Nothing to open.
  }

  /** Leaves the transport open: other clients use it too. */
  close(): void {
    // Nothing to close.
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as ClientProxy declares it
  unwrap<T>(): T {
    // The caller names the type, as for every ClientProxy.
    return this.#client.transport as T;
  }

  protected publish({ pattern, data }: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const answer = async (): Promise<void> => callback(await this.#answer(pattern, data));
    void answer();
    return () => undefined;
  }

  protected async dispatchEvent<T>({ pattern, data }: ReadPacket): Promise<T> {
    // Checks that the method exists; the server checks its arguments.
    await this.#client.cast(contextOfCaller(), this.#method(pattern, 'cast') as never, argumentsOf(data) as never);
    // An event has no answer.
    return undefined as T;
  }

  async #answer(pattern: unknown, data: unknown): Promise<WritePacket> {
    try {
      const method = this.#method(pattern, 'call') as never;
      const response: unknown = await this.#client.call(contextOfCaller(), method, argumentsOf(data) as never);
      return { response: response ?? null, isDisposed: true };
    } catch (err) {
      return { err, isDisposed: true };
    }
  }

  #method(pattern: unknown, kind: 'call' | 'cast'): string {
    const { topic, methods } = this.#client.contract;
    if (typeof pattern === 'string' && Object.hasOwn(methods, pattern) && methods[pattern]?.kind === kind) {
      return pattern;
    }
    const found = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
    throw new MessagingError('InvalidTarget', `expected the name of a ${kind} of "${topic}", found ${found}`);
  }
}

function contextOfCaller(): RequestContext {
  return currentContext() ?? createContext();
}

function argumentsOf(data: unknown): object | null {
  if (data === undefined || data === null || data === '') return null;
  if (typeof data === 'object') return data;
  throw new MessagingError('InvalidArguments', `expected an object of arguments, found ${typeof data}`);
}

/** Nest's token of a contract's ClientProxy. */
export function clientProxyToken(contract: Contract): string {
  return `albireo:client-proxy:${contract.namespace ?? ''}:${contract.topic}`;
}

/** Provides the ClientProxy of a contract where TRANSPORT is provided. */
export function provideClientProxy(contract: Contract, options: PrepareOptions = {}): FactoryProvider<ClientProxy> {
  return {
    provide: clientProxyToken(contract),
    inject: [TRANSPORT],
    useFactory: (transport: Transport) => new RpcClientProxy(transport, contract, options),
  };
}

/** `@InjectClientProxy(shapes) private readonly shapes: ClientProxy`. */
export const InjectClientProxy = (contract: Contract): ParameterDecorator & PropertyDecorator =>
  Inject(clientProxyToken(contract));
