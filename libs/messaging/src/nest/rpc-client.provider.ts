import { Inject } from '@nestjs/common';
import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import type { Contract } from '../contract/contract.js';
import { RpcClient } from '../client/rpc-client.js';
import type { PrepareOptions } from '../client/rpc-client.js';
import type { Transport } from '../transport/transport.js';

/** Nest's token of the process's Transport. */
export const TRANSPORT: InjectionToken<Transport> = Symbol('albireo:transport');

/** Nest's token of a contract's client: `@Inject(rpcClientToken(computeContract))`. */
export function rpcClientToken(contract: Contract): string {
  return `albireo:rpc-client:${contract.namespace ?? ''}:${contract.topic}`;
}

/** Provides the client of a contract where TRANSPORT is provided. */
export function provideRpcClient<C extends Contract>(
  contract: C,
  options: PrepareOptions = {},
): FactoryProvider<RpcClient<C>> {
  return {
    provide: rpcClientToken(contract),
    inject: [TRANSPORT],
    useFactory: (transport: Transport) => new RpcClient(transport, contract, options),
  };
}

/** `@InjectRpcClient(shapes) private readonly shapes: RpcClient<typeof shapes>`. */
export const InjectRpcClient = (contract: Contract): ParameterDecorator & PropertyDecorator =>
  Inject(rpcClientToken(contract));
