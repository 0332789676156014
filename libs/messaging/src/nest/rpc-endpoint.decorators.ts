import 'reflect-metadata';
import { Controller, UseFilters } from '@nestjs/common';
import type { ExceptionFilter } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { PARAM_ARGS_METADATA } from '@nestjs/microservices/constants.js';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Contract } from '../contract/contract.js';

const methodKey = 'albireo:rpc-method';
const endpointKey = 'albireo:rpc-endpoint';

/** The declaration that @RpcEndpoint found in a class. */
export interface DeclaredEndpoint {
  readonly contract: Contract;
  /** Method name in the contract to method name in the class. */
  readonly methods: ReadonlyMap<string, string>;
}

/** The endpoint that a class declares; undefined for one without @RpcEndpoint. */
export function endpointOf(type: object): DeclaredEndpoint | undefined {
  return Reflect.getOwnMetadata(endpointKey, type) as DeclaredEndpoint | undefined;
}

/** The data that the strategy finds beside each of Nest's handlers. */
export interface RpcHandlerExtras {
  readonly contract: Contract;
  readonly method: string;
}

/** Nest would turn every exception into "Internal server error"; exceptions of RPC handlers must keep their class. */
class KeepException implements ExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/** Marks the method that serves `name` of the class's contract: `(context, args, delivery) => Promise<Result>`. */
export function RpcMethod(name: string): MethodDecorator {
  return (_prototype, _key, descriptor: PropertyDescriptor) => {
    const serve: unknown = descriptor.value;
    if (typeof serve !== 'function') throw new TypeError(`@RpcMethod('${name}') is for methods`);
    Reflect.defineMetadata(methodKey, name, serve);
  };
}

/** Marks a class that serves methods of a contract, each with @RpcMethod: a controller, or a provider where MessagingModule is used. */
export function RpcEndpoint(contract: Contract): ClassDecorator {
  return (type) => {
    const prototype: unknown = type.prototype;
    if (typeof prototype !== 'object' || prototype === null) throw new TypeError('@RpcEndpoint is for classes');
    const methods = new Map<string, string>();
    for (const key of Object.getOwnPropertyNames(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
      const serve: unknown = descriptor?.value;
      if (key === 'constructor' || descriptor === undefined || typeof serve !== 'function') continue;
      const method: unknown = Reflect.getMetadata(methodKey, serve);
      if (typeof method !== 'string') continue;
      if (!Object.hasOwn(contract.methods, method)) {
        throw new TypeError(`@RpcMethod('${method}') of ${type.name}: contract "${contract.topic}" has no such method`);
      }
      methods.set(method, key);
      const extras: RpcHandlerExtras = { contract, method };
      const pattern = `${contract.topic}/${contract.namespace ?? ''}/${contract.version}/${method}`;
      // An empty table of parameter decorators makes Nest pass all arguments unchanged.
      Reflect.defineMetadata(PARAM_ARGS_METADATA, {}, type, key);
      MessagePattern(pattern, { albireo: extras })(prototype, key, descriptor);
    }
    Reflect.defineMetadata(endpointKey, { contract, methods }, type);
    UseFilters(new KeepException())(type);
    Controller()(type);
  };
}
