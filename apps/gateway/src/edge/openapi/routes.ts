import { RequestMethod } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { FastifyContextConfig } from 'fastify';
import { isRecord } from '#libs/contracts';
import { routeConfigOf } from '../access/route-config.js';

/** The argument of a custom decorator of a handler's parameter: `@ValidBody(ServerCreateBody)`. */
export interface RouteParameter {
  /** The function that reads the parameter from a request; a decorator has one for all its uses. */
  readonly factory: unknown;
  readonly data: unknown;
}

/** A route as its controller declares it. */
export interface DeclaredRoute {
  readonly controller: Type;
  readonly handler: string;
  readonly method: string;
  /** From the root, in Nest's form: `/v2.1/servers/:id`. */
  readonly path: string;
  /** The status of a response that sets none itself. */
  readonly status: number;
  readonly config: FastifyContextConfig;
  readonly parameters: readonly RouteParameter[];
}

/** The routes of controllers, read from the metadata of Nest's decorators. */
export function routesOf(controllers: readonly Type[]): readonly DeclaredRoute[] {
  return controllers.flatMap((controller) => {
    const bases = texts(Reflect.getMetadata(PATH_METADATA, controller));
    return handlersOf(controller).flatMap(([handler, run]) => {
      const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, run))] ?? '';
      const code: unknown = Reflect.getMetadata(HTTP_CODE_METADATA, run);
      const status = typeof code === 'number' ? code : method === 'POST' ? 201 : 200;
      const parameters = parametersOf(Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler));
      const config = routeConfigOf(run);
      const paths = bases.flatMap((base) =>
        texts(Reflect.getMetadata(PATH_METADATA, run)).map((own) => `/${base}/${own}`.replaceAll(/\/{2,}/g, '/')),
      );
      return paths.map((path) => ({
        controller,
        handler,
        method,
        path: path.replace(/(.)\/$/, '$1'),
        status,
        config,
        parameters,
      }));
    });
  });
}

/** Including those of its bases, which it may override. */
function handlersOf({ prototype }: Type): readonly (readonly [string, object])[] {
  const methods = new Map<string, PropertyDescriptor>();
  for (let each: unknown = prototype; isRecord(each) && each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(each))) {
      if (!methods.has(name)) methods.set(name, method);
    }
  }
  return [...methods].flatMap(([name, { value }]) =>
    typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value) ? [[name, value] as const] : [],
  );
}

function texts(value: unknown): readonly string[] {
  return [value].flat().map(String);
}

function parametersOf(value: unknown): readonly RouteParameter[] {
  if (!isRecord(value)) return [];
  return Object.values(value).flatMap((one) =>
    isRecord(one) && one['factory'] !== undefined ? [{ factory: one['factory'], data: one['data'] }] : [],
  );
}
