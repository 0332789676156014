import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';

const known = new WeakMap<object, FastifyContextConfig>();

/** Adds to the config that a route passes to Fastify and its hooks; Nest's own RouteConfig replaces existing config. */
export function addRouteConfig(part: FastifyContextConfig): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const handler: object = descriptor.value;
    const merged = { ...known.get(handler), ...part };
    known.set(handler, merged);
    RouteConfig(merged)(target, key, descriptor);
  };
}

/** The config that was added to a handler's route. */
export function routeConfigOf(handler: object): FastifyContextConfig {
  return known.get(handler) ?? {};
}
